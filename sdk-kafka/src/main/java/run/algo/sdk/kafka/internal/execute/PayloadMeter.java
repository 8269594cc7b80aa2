package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.OptionalLong;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.PayloadMemory;

/**
 * Takes the memory of one payload that is read as a whole, before it is read, and sees to it that
 * no more is kept. For one thread.
 */
final class PayloadMeter {

  /** Longest array that every Java has. */
  private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final PayloadMemory.Holding memory;
  private final ReadFailures failures;
  private final Duration patience;
  private final boolean comesAgain;
  private OptionalLong size = OptionalLong.empty();
  private long begin;
  private long taken;

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

  /**
   * Takes memory for what is read from a position on.
   *
   * @param position what was read before is not kept
   * @param whole the length of all; where nobody knows it, as much is taken as could be
   * @throws StorageException when it is more than there is, or not there in time
   */
  void take(long position, OptionalLong whole) throws StorageException {
    long left = Math.min(LONGEST_ARRAY, memory.left());
    long needed = whole.isPresent() ? Math.max(0, whole.getAsLong() - position) : left;
    if (needed > left) {
      throw refusal(needed);
    }
    try {
      if (!memory.take(needed, patience)) {
        throw failures.crowdedOut(patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.interrupted(e);
    }
    size = whole;
    begin = position;
    taken = needed;
  }

  private StorageException refusal(long needed) {
    return comesAgain && needed <= Math.min(LONGEST_ARRAY, memory.budget())
        ? failures.crowdedOut(Duration.ZERO)
        : failures.tooLarge(needed, memory.budget());
  }

  /**
   * So much has been read.
   *
   * @throws StorageException when that is more than was taken
   */
  void check(long position) throws StorageException {
    if (position - begin > taken) {
      throw size.isPresent() ? failures.longerThan(size.getAsLong()) : refusal(position - begin);
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
