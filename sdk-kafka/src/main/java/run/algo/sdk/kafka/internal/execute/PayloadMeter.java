package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.PayloadMemory;

/**
 * Takes memory for one payload that is read as a whole. Where its length is known, all at once;
 * otherwise bit by bit, and when others hold the rest, reading has to begin again with as much as
 * it could possibly need. For one thread.
 */
final class PayloadMeter {

  /** Taken at a time, in bytes: more than most files have that do not tell their length. */
  private static final long STEP = 256 * 1024;

  /** Longest array that every Java has. */
  private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final PayloadMemory.Holding memory;
  private final ReadFailures failures;
  private final Duration patience;
  private final boolean comesAgain;
  private long begin;
  private long taken;
  private boolean restarts;
  private boolean crowded;

  /**
   * A meter.
   *
   * @param memory of the execution
   * @param failures tell why there is none
   * @param patience how long it may be waited for
   * @param comesAgain whether what does not fit beside others of its share is read another time
   */
  PayloadMeter(
      PayloadMemory.Holding memory, ReadFailures failures, Duration patience, boolean comesAgain) {
    this.memory = memory;
    this.failures = failures;
    this.patience = patience;
    this.comesAgain = comesAgain;
  }

  /** The payload counts from here; what was read before is not kept. */
  void begin(long position) {
    begin = position;
  }

  /**
   * It can be read again from its beginning, by {@link #takeMost}, rather than exceed the bound.
   */
  void restartWhenCrowded() {
    restarts = true;
  }

  /** Whether it must be read again. */
  boolean isCrowded() {
    return crowded;
  }

  /**
   * Takes memory for a length that is known.
   *
   * @throws StorageException when it is more than there is, or not there in time
   */
  void takeAll(long size) throws StorageException {
    if (size > LONGEST_ARRAY || size > memory.left()) {
      throw refusal(size);
    }
    take(size);
  }

  private StorageException refusal(long size) {
    return comesAgain && size <= Math.min(LONGEST_ARRAY, memory.budget())
        ? failures.crowdedOut(Duration.ZERO)
        : failures.tooLarge(size, memory.budget());
  }

  /** Takes all there is, having given back what there was. */
  void takeMost() throws StorageException {
    memory.giveBack(taken);
    taken = 0;
    crowded = false;
    restarts = false;
    take(memory.budget());
  }

  private void take(long size) throws StorageException {
    try {
      if (!memory.take(size, patience)) {
        throw failures.crowdedOut(patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.interrupted(e);
    }
    taken += size;
  }

  /** Called before more is read than {@code position}: memory is taken before it is used. */
  void before(long position) throws StorageException {
    long used = position - begin;
    if (used < taken) {
      return;
    }
    long missing = used - taken;
    long left = memory.left();
    if (missing > left || used > LONGEST_ARRAY) {
      throw refusal(used);
    }
    // Doubling keeps it to few steps, as arrays grow. Where nothing is left it may be at its end.
    long more = Math.max(missing, Math.min(Math.max(taken, STEP), left));
    if (taken == 0) {
      take(more);
    } else if (more > 0) {
      if (!memory.takeIfFree(more)) {
        if (restarts && !memory.holdsBeside(taken)) {
          crowded = true;
          throw failures.crowdedOut(patience);
        }
        memory.takeAnyway(more);
      }
      taken += more;
    }
  }

  /** All is read: what was taken beyond it is given back. */
  void end(long position) {
    long used = Math.min(taken, position - begin);
    memory.giveBack(taken - used);
    taken = used;
  }

  /** Nothing is kept. */
  void discard() {
    memory.giveBack(taken);
    taken = 0;
  }
}
