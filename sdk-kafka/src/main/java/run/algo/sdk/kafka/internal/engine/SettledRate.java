package run.algo.sdk.kafka.internal.engine;

/** How much a partition has settled lately. Used by the owner thread alone. */
final class SettledRate {

  /** In nanoseconds. */
  private static final long WINDOW = 1_000_000_000;

  private long began;
  private long settledBefore;
  private long lastWindow;
  private long lately;
  private long counted;

  /**
   * Counts.
   *
   * @param settled since the partition was assigned
   * @param time now
   */
  void count(long settled, long time) {
    lately = lastWindow + settled - settledBefore;
    counted = WINDOW + time - began;
    if (time - began >= WINDOW) {
      lastWindow = settled - settledBefore;
      settledBefore = settled;
      began = time;
    }
  }

  /** How long it takes to settle so many at this rate, in nanoseconds. */
  long nanosFor(int records) {
    return lately == 0 ? Long.MAX_VALUE : (long) ((double) counted / lately * records);
  }

  /** What was settled within the window under way and the one before. */
  long lately() {
    return lately;
  }
}
