package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The load at which latency is measured.
 *
 * @param rate records a second
 * @param why where it comes from
 * @param missing arms whose top could not be found, and that have no say in it
 */
record LatencyLoad(long rate, String why, List<Arm> missing) {

  /** Of what the slowest arm can do. */
  private static final double SHARE = 0.5;

  LatencyLoad {
    missing = List.copyOf(missing);
    if (rate < 1) {
      throw new IllegalArgumentException(
          "the load is " + rate + " records a second: use one or more");
    }
  }

  static LatencyLoad given(long rate) {
    return new LatencyLoad(rate, "as it was asked for", List.of());
  }

  /**
   * Half of the slowest arm's top, in two digits.
   *
   * @param tops a comparison of the arms
   * @param arms those that are to run at this load
   */
  static LatencyLoad of(Results tops, List<Arm> arms) {
    List<Arm> missing = new ArrayList<>();
    Arm slowest = null;
    double least = Double.MAX_VALUE;
    for (Arm arm : arms) {
      List<Double> speeds = tops.runs(arm).stream().map(Measured::recordsPerSecond).toList();
      if (speeds.isEmpty()) {
        missing.add(arm);
      } else if (Spread.of(speeds).median() < least) {
        least = Spread.of(speeds).median();
        slowest = arm;
      }
    }
    if (slowest == null) {
      throw new IllegalStateException("no arm has a top: half of it cannot be the load");
    }
    return new LatencyLoad(
        twoDigits(least * SHARE),
        String.format(
            Locale.ROOT,
            "half of the %,.0f that the slowest arm, %s, had reached in a short run",
            least,
            slowest.label()),
        missing);
  }

  /** Down to a number that can be remembered; never to nothing. */
  private static long twoDigits(double value) {
    long unit = 1;
    while (value / unit >= 100) {
      unit *= 10;
    }
    return Math.max(1, ((long) (value / unit)) * unit);
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "the load is %,d records a second: %s%s",
        rate,
        why,
        missing.isEmpty()
            ? ""
            : "; without a figure are " + missing.stream().map(Arm::label).toList());
  }
}
