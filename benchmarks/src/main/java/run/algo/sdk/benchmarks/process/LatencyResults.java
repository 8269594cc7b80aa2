package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

/** The runs of all arms at one load, and what the report says of them. Not thread-safe. */
final class LatencyResults {

  private static final double P50_BAR_MS = 0.3;
  private static final double P99_BAR_MS = 2;

  private final Map<Arm, List<LatencyRun.Found>> found = new EnumMap<>(Arm.class);
  private final Map<Arm, List<String>> failures = new EnumMap<>(Arm.class);

  void add(Arm arm, LatencyRun.Found run) {
    found.computeIfAbsent(arm, a -> new ArrayList<>()).add(run);
  }

  void failed(Arm arm, int round, String what) {
    failures
        .computeIfAbsent(arm, a -> new ArrayList<>())
        .add("round " + round + ": " + what.lines().findFirst().orElse(""));
  }

  boolean anyFailed() {
    return !failures.isEmpty();
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

  private Spread latency(Arm arm, double percentile) {
    return spread(arm, percentile, LatencyRun.Found::latency);
  }

  private Spread spread(
      Arm arm, double percentile, Function<LatencyRun.Found, Histogram> histogram) {
    return Spread.of(
        found.getOrDefault(arm, List.of()).stream()
            .map(run -> millis(histogram.apply(run), percentile))
            .toList());
  }

  /** What the report says. */
  Section section(Part part, Options options, LatencyLoad load, String more, double loadBefore) {
    List<Arm> arms = options.arms().stream().filter(found::containsKey).toList();
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
            new Section.Table(
                List.of("arm", "p50 ms", "p99 ms", "p99.9 ms", "sent late, p99 ms"),
                options.arms().stream().flatMap(arm -> rows(arm).stream()).toList())),
        List.of(
            chart("Latency, p50 in milliseconds", arms, 50),
            chart("Latency, p99 in milliseconds", arms, 99)));
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

  private List<List<String>> rows(Arm arm) {
    List<List<String>> rows = new ArrayList<>();
    if (found.containsKey(arm)) {
      rows.add(
          List.of(
              arm.label(),
              latency(arm, 50).text(2),
              latency(arm, 99).text(2),
              latency(arm, 99.9).text(2),
              spread(arm, 99, LatencyRun.Found::sending).text(2)));
    }
    failures
        .getOrDefault(arm, List.of())
        .forEach(failure -> rows.add(List.of(arm.label(), "failed, " + failure, "", "", "")));
    return rows;
  }

  private Section.Chart chart(String title, List<Arm> arms, double percentile) {
    return new Section.Chart(
        title,
        arms.stream()
            .map(
                arm -> {
                  Spread spread = latency(arm, percentile);
                  return new Section.Value(
                      arm.label(),
                      spread.median(),
                      spread.min(),
                      spread.max(),
                      arm.program() == Arm.Program.SDK);
                })
            .toList());
  }

  private boolean keepsUp(Arm arm) {
    return found.getOrDefault(arm, List.of()).stream().allMatch(LatencyRun.Found::keepsUp);
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
    if (!found.containsKey(Arm.BARE) || !found.containsKey(Arm.SDK_PARTITION)) {
      return new Section.Bar(promise, "no figure", false);
    }
    if (!keepsUp(Arm.BARE) || !keepsUp(Arm.SDK_PARTITION)) {
      return new Section.Bar(promise, "no figure: more came than went", false);
    }
    double added =
        latency(Arm.SDK_PARTITION, percentile).median() - latency(Arm.BARE, percentile).median();
    return new Section.Bar(promise, String.format(Locale.ROOT, "%.2f ms", added), added <= bound);
  }
}
