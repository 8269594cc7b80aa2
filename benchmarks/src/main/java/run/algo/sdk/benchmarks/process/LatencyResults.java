package run.algo.sdk.benchmarks.process;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

/** The runs of all arms at one load, and what the report says of them. Not thread-safe. */
final class LatencyResults extends Runs<Arm, LatencyRun.Found> {

  private static final double P50_BAR_MS = 0.3;
  private static final double P99_BAR_MS = 2;

  LatencyResults() {
    super(Arm::label);
  }

  /** A run in words. */
  static String figures(LatencyRun.Found run) {
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms; sent late by p99 %.2f ms",
        millis(run.latency(), 50),
        millis(run.latency(), 99),
        millis(run.latency(), 99.9),
        millis(run.sending(), 99));
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e3;
  }

  private static ToDoubleFunction<LatencyRun.Found> latency(double percentile) {
    return run -> millis(run.latency(), percentile);
  }

  /** What the report says. */
  Section section(Part part, Options options, LatencyLoad load, String more, double loadBefore) {
    return new Section(
        part.id(),
        part.title(),
        text(options.loader(), load),
        "benchmarks/compare --cells " + part.id() + more,
        Conditions.now(
            options.jvm().home(),
            Conditions.kafka(),
            "settings " + options.settings() + ", flags " + Comparison.flags(options),
            loadBefore),
        List.of(added(50, P50_BAR_MS), added(99, P99_BAR_MS)),
        List.of(
            table(
                options.arms(),
                "arm",
                List.of(
                    column("p50 ms", latency(50), 2),
                    column("p99 ms", latency(99), 2),
                    column("p99.9 ms", latency(99.9), 2),
                    column("sent late, p99 ms", run -> millis(run.sending(), 99), 2)))),
        List.of(
            chart("Latency, p50 in milliseconds", options, 50),
            chart("Latency, p99 in milliseconds", options, 99)));
  }

  private static String text(Loader loader, LatencyLoad load) {
    return String.format(
        Locale.ROOT,
        "End to end, from when a record was to be sent to when its output was read, at a steady"
            + " %,d records a second for all arms: %s. Values of %s, %d partitions, keys %s:"
            + " with the base's few frequent keys the load would be that of one arm's most"
            + " frequent key. A record that is sent late counts from when it was due (coordinated"
            + " omission); the last column says how late that was, so that it shows if sending"
            + " itself held anything up. Exactly-once arms are left out: their latency is the"
            + " window of their transactions.%s",
        load.rate(),
        load.why(),
        loader.values().text(),
        loader.partitions(),
        loader.keys(),
        load.missing().isEmpty()
            ? ""
            : " No top, and thus no say in the load, had "
                + String.join(", ", load.missing().stream().map(Arm::label).toList())
                + ".");
  }

  private Section.Chart chart(String title, Options options, double percentile) {
    return chart(
        title, options.arms(), arm -> arm.program() == Arm.Program.SDK, latency(percentile));
  }

  private boolean keepsUp(Arm arm) {
    return runs(arm).stream().allMatch(LatencyRun.Found::keepsUp);
  }

  /**
   * What the SDK adds to the bare loop; where one of the two has no figure, or was not fast enough
   * for the load, it does not hold.
   */
  private Section.Bar added(double percentile, double bound) {
    String promise =
        String.format(
            Locale.ROOT,
            "%s, p%.0f: at most %.1f ms above %s",
            Arm.SDK_PARTITION.label(),
            percentile,
            bound,
            Arm.BARE.label());
    if (runs(Arm.BARE).isEmpty() || runs(Arm.SDK_PARTITION).isEmpty()) {
      return new Section.Bar(promise, "no figure", false);
    }
    if (!keepsUp(Arm.BARE) || !keepsUp(Arm.SDK_PARTITION)) {
      return new Section.Bar(promise, "no figure: more came than went", false);
    }
    double added =
        spread(Arm.SDK_PARTITION, latency(percentile)).median()
            - spread(Arm.BARE, latency(percentile)).median();
    return new Section.Bar(promise, String.format(Locale.ROOT, "%.2f ms", added), added <= bound);
  }
}
