package run.algo.sdk.kafka.internal.observe;

import java.util.OptionalDouble;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations by bucket, without a lock and without allocation: two additions a duration.
 * Thread-safe.
 *
 * <p>The bounds are those that the dashboards of the protocol query.
 */
public final class DurationHistogram {

  private static final long[] BOUNDS_NANOS = {
    5_000_000L,
    50_000_000L,
    250_000_000L,
    1_000_000_000L,
    2_500_000_000L,
    5_000_000_000L,
    7_500_000_000L,
    10_000_000_000L,
    20_000_000_000L,
    30_000_000_000L
  };

  private static final double NANOS_PER_SECOND = 1e9;

  private final LongAdder[] buckets = new LongAdder[BOUNDS_NANOS.length + 1];
  private final LongAdder nanos = new LongAdder();

  /** An empty histogram. */
  public DurationHistogram() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  /**
   * Counts a duration.
   *
   * @param duration in nanoseconds; one exactly at a bound counts below it
   */
  public void record(long duration) {
    int bucket = 0;
    while (bucket < BOUNDS_NANOS.length && duration > BOUNDS_NANOS[bucket]) {
      bucket++;
    }
    buckets[bucket].increment();
    nanos.add(duration);
  }

  /** The upper bounds in seconds; the last is infinity. */
  static double[] boundsSeconds() {
    double[] bounds = new double[BOUNDS_NANOS.length + 1];
    for (int i = 0; i < BOUNDS_NANOS.length; i++) {
      bounds[i] = BOUNDS_NANOS[i] / NANOS_PER_SECOND;
    }
    bounds[BOUNDS_NANOS.length] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /** Adds the counts of the buckets, each without those below it, to what is there. */
  void addCounts(long[] counts) {
    for (int i = 0; i < buckets.length; i++) {
      counts[i] += buckets[i].sum();
    }
  }

  /** How many buckets there are. */
  static int buckets() {
    return BOUNDS_NANOS.length + 1;
  }

  /**
   * A quantile of what some buckets count, as if the durations of each were spread evenly.
   *
   * @param counts what each bucket counts, without those below it
   * @param quantile from 0 to 1
   * @return in seconds, the highest bound for whatever is longer; empty when nothing was counted
   */
  static OptionalDouble quantile(long[] counts, double quantile) {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    if (total <= 0) {
      return OptionalDouble.empty();
    }
    double rank = quantile * total;
    long below = 0;
    for (int i = 0; i < BOUNDS_NANOS.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= rank) {
        double lower = i == 0 ? 0 : BOUNDS_NANOS[i - 1];
        double nanos = lower + (BOUNDS_NANOS[i] - lower) * (rank - below) / counts[i];
        return OptionalDouble.of(nanos / NANOS_PER_SECOND);
      }
      below += counts[i];
    }
    return OptionalDouble.of(BOUNDS_NANOS[BOUNDS_NANOS.length - 1] / NANOS_PER_SECOND);
  }

  public long count() {
    long count = 0;
    for (LongAdder bucket : buckets) {
      count += bucket.sum();
    }
    return count;
  }

  public double sumSeconds() {
    return nanos.sum() / NANOS_PER_SECOND;
  }
}
