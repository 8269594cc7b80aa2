package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The load at which latency is measured.
 *
 * @param rate records a second
 * @param slowest the arm that must keep up with it
 * @param why where it comes from
 * @param missing arms whose top could not be found, and that have no say in it
 */
record LatencyLoad(long rate, Arm slowest, String why, List<Arm> missing) {

  private static final int HALVINGS = 6;
  private static final String AS_ASKED = "as it was asked for";

  /** Of what the slowest arm can do. */
  private static final double SHARE = 0.5;

  LatencyLoad {
    missing = List.copyOf(missing);
    if (rate < 1) {
      throw new IllegalArgumentException(
          "the load is " + rate + " records a second: use one or more");
    }
  }

  /** Whether an arm keeps up with a load. */
  interface Trial {

    /** Tries it. */
    boolean keepsUp(Arm arm, long rate) throws InterruptedException;
  }

  static LatencyLoad given(long rate, Arm first) {
    return new LatencyLoad(rate, first, AS_ASKED, List.of());
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
        slowest,
        String.format(
            Locale.ROOT,
            "half of the %,.0f that the slowest arm, %s, had reached in a short run",
            least,
            slowest.label()),
        missing);
  }

  /**
   * This load, or what is left when it has been halved until the slowest arm keeps up with it; a
   * load that was asked for stays.
   *
   * @param trial finds out; is asked once in any case
   */
  LatencyLoad borne(Trial trial) throws InterruptedException {
    LatencyLoad load = this;
    int halvings = 0;
    while (!trial.keepsUp(slowest, load.rate) && !why.equals(AS_ASKED) && halvings < HALVINGS) {
      halvings++;
      load = new LatencyLoad(twoDigits(load.rate * SHARE), slowest, why, missing);
    }
    return halvings == 0
        ? this
        : new LatencyLoad(
            load.rate,
            slowest,
            why
                + ", halved "
                + (halvings == 1 ? "once" : halvings + " times")
                + " more, until that arm kept up beside sender and reader",
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
