package run.algo.sdk.kafka.internal.engine;

/**
 * How long the executions of all partitions take, as an exponential moving average. An average of
 * executions and not of partitions, so those that end quickly count most.
 *
 * <p>Thread-safe; of two that end at once one may not be counted.
 */
final class Pace {

  /** An average over about so many executions. */
  private static final int MEMORY = 32;

  /** So many times longer than the average is slow. */
  private static final int SLOW = 8;

  private volatile long average;

  void ended(long nanos) {
    long before = average;
    average = Math.max(1, before == 0 ? nanos : before + (nanos - before) / MEMORY);
  }

  boolean isSlow(long nanos) {
    long usual = average;
    return usual > 0 && nanos / SLOW > usual;
  }

  /** Whether an execution has ended so far. */
  boolean known() {
    return average > 0;
  }
}
