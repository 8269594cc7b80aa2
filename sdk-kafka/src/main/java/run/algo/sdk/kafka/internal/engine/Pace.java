package run.algo.sdk.kafka.internal.engine;

/**
 * How long executions take, as an exponential moving average. An average of executions and not of
 * partitions, so those that end quickly count most.
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
    long now = Math.max(1, before == 0 ? nanos : before + (nanos - before) / MEMORY);
    if (now != before) { // else every processor had to read it anew
      average = now;
    }
  }

  boolean isSlow(long nanos) {
    long usual = average;
    return usual > 0 && nanos / SLOW > usual;
  }

  /** Whether executions take no longer than this on average; false while nobody knows. */
  boolean isWithin(long nanos) {
    long usual = average;
    return usual > 0 && usual <= nanos;
  }

  /** Whether an execution has ended so far. */
  boolean known() {
    return average > 0;
  }
}
