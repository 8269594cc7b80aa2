package run.algo.sdk.kafka.internal.execute;

import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Counts the executions that were abandoned and still run. Each holds a thread, and nothing but a
 * new process gets it back. Thread-safe; rare enough for a lock.
 */
public final class Abandoned {

  private final int limit;
  private final LongSupplier nanos;
  private final IntConsumer listener;
  private int running;
  private long excessSince;

  /**
   * More of them than there should be.
   *
   * @param since since when, on the monotonic clock, in nanoseconds
   * @param running how many
   * @param limit how many there may be
   */
  public record Excess(long since, int running, int limit) {}

  /**
   * A count of none.
   *
   * @param limit how many there may be
   * @param nanos monotonic clock, in nanoseconds
   * @param listener is told how many there are whenever that has changed; must not block
   */
  public Abandoned(int limit, LongSupplier nanos, IntConsumer listener) {
    this.limit = limit;
    this.nanos = nanos;
    this.listener = listener;
  }

  /** One was left behind by its record. */
  synchronized void leftBehind() {
    running++;
    if (running == limit + 1) {
      excessSince = nanos.getAsLong();
    }
    listener.accept(running);
  }

  /** The thread of one has come back. */
  synchronized void returned() {
    running--;
    listener.accept(running);
  }

  /** {@return how many there are} */
  public synchronized int running() {
    return running;
  }

  /** {@return how it is when there are too many} */
  public synchronized Optional<Excess> excess() {
    return running > limit
        ? Optional.of(new Excess(excessSince, running, limit))
        : Optional.empty();
  }
}
