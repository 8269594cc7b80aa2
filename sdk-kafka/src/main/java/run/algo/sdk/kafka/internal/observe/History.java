package run.algo.sdk.kafka.internal.observe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The last ten minutes of a runner, a sample a second. A sample is what the counters say, so it
 * costs a few sums; rates and quantiles are differences of samples and are only worked out for
 * whoever looks. Its memory is taken once. Thread-safe.
 */
final class History {

  /** How many seconds are shown. */
  static final int SECONDS = 600;

  private static final int MINUTE = 60;

  /** A quantile is of so many seconds, since a high one of a single second is mostly chance. */
  static final int WINDOW = 10;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NOT_KNOWN = -1;

  private final int seconds;
  private final int kept;
  private final long[] times;
  private final long[] settled;
  private final long[] lags;
  private final long[][] runs;
  private final long[][] algos;

  /** How many samples have been taken so far. */
  private long taken;

  /** With room for {@link #SECONDS}. */
  History() {
    this(SECONDS);
  }

  /**
   * With room for so many seconds.
   *
   * @param seconds 1 or more
   */
  History(int seconds) {
    this.seconds = seconds;
    this.kept = seconds + WINDOW; // the oldest second has a window, too
    this.times = new long[kept];
    this.settled = new long[kept];
    this.lags = new long[kept];
    this.runs = new long[kept][DurationHistogram.buckets()];
    this.algos = new long[kept][DurationHistogram.buckets()];
  }

  /**
   * Takes a sample.
   *
   * @param nanos now, on the monotonic clock
   * @param counters what was counted so far
   * @param lag records that are behind; empty while that is not known
   */
  synchronized void sample(long nanos, RunnerCounters counters, OptionalLong lag) {
    int at = place(taken);
    times[at] = nanos;
    settled[at] = counters.worked();
    lags[at] = lag.orElse(NOT_KNOWN);
    sum(counters.runDurations(), runs[at]);
    sum(counters.algoDurations(), algos[at]);
    taken++;
  }

  private static void sum(List<DurationHistogram> parts, long[] counts) {
    Arrays.fill(counts, 0);
    parts.forEach(part -> part.addCounts(counts));
  }

  private int place(long sample) {
    return (int) (sample % kept);
  }

  /** What was, the oldest second first. */
  synchronized Status.History read() {
    long oldest = Math.max(0, taken - kept);
    int points = (int) Math.max(0, Math.min(seconds, taken - 1));
    long first = taken - 1 - points; // n differences take n + 1 samples
    Columns columns = new Columns(points);
    for (int i = 0; i < points; i++) {
      columns.add(
          place(first + i), place(Math.max(oldest, first + i + 1 - WINDOW)), place(first + i + 1));
    }
    return new Status.History(
        columns.rate,
        columns.runMedian,
        columns.runHigh,
        columns.algoMedian,
        columns.algoHigh,
        columns.lag,
        minute(points));
  }

  private Status.Minute minute(int points) {
    if (points == 0) {
      OptionalDouble none = OptionalDouble.empty();
      return new Status.Minute(0, none, none, none, none, none);
    }
    int from = place(taken - 1 - Math.min(MINUTE, points));
    int to = place(taken - 1);
    long[] run = difference(runs, from, to);
    long[] algo = difference(algos, from, to);
    return new Status.Minute(
        Arrays.stream(algo).sum(),
        rate(from, to),
        quantile(run, 0.5),
        quantile(run, 0.99),
        quantile(algo, 0.5),
        quantile(algo, 0.99));
  }

  private OptionalDouble rate(int from, int to) {
    double seconds = (times[to] - times[from]) / NANOS_PER_SECOND;
    return seconds > 0
        ? OptionalDouble.of(rounded((settled[to] - settled[from]) / seconds))
        : OptionalDouble.empty();
  }

  /**
   * Sums of adders that are added to meanwhile: each bucket grows, whatever order they are read.
   */
  private static long[] difference(long[][] counts, int from, int to) {
    long[] difference = new long[counts[to].length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = counts[to][i] - counts[from][i];
    }
    return difference;
  }

  private static OptionalDouble quantile(long[] counts, double quantile) {
    OptionalDouble exact = DurationHistogram.quantile(counts, quantile);
    return exact.isPresent() ? OptionalDouble.of(rounded(exact.getAsDouble())) : exact;
  }

  /** More digits would be most of the answer, and nobody could see them. */
  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }

  /** What is drawn. */
  private final class Columns {
    private final List<OptionalDouble> rate;
    private final List<OptionalDouble> runMedian;
    private final List<OptionalDouble> runHigh;
    private final List<OptionalDouble> algoMedian;
    private final List<OptionalDouble> algoHigh;
    private final List<OptionalLong> lag;

    Columns(int points) {
      rate = new ArrayList<>(points);
      runMedian = new ArrayList<>(points);
      runHigh = new ArrayList<>(points);
      algoMedian = new ArrayList<>(points);
      algoHigh = new ArrayList<>(points);
      lag = new ArrayList<>(points);
    }

    void add(int from, int early, int to) {
      rate.add(rate(from, to));
      long[] run = difference(runs, early, to);
      runMedian.add(quantile(run, 0.5));
      runHigh.add(quantile(run, 0.99));
      long[] algo = difference(algos, early, to);
      algoMedian.add(quantile(algo, 0.5));
      algoHigh.add(quantile(algo, 0.99));
      lag.add(lags[to] == NOT_KNOWN ? OptionalLong.empty() : OptionalLong.of(lags[to]));
    }
  }
}
