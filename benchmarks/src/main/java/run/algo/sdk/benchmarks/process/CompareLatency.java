package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Report;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * Compares how long a record is on its way through each arm, at the same load for all, and writes
 * it into the report. {@code --help} tells the options; ends with 1 when a run failed.
 */
final class CompareLatency {

  static final String ID = "latency";

  static final String HELP =
      """
      Measures end-to-end latency of the arms at the same steady load.

        --rate 20000        records a second: half of what the slowest arm can do
        --seconds 20        how long each run lasts, beside 5 seconds that do not count
        --rounds 3          how often each arm runs
        --arms bare,sdk-partition,...
        --java-home PATH    the JDK of the arms
        --set NAME=VALUE    a variable of the SDK, for every arm; may be repeated
        --report PATH       the page; docs/benchmarks.md by default""";

  private static final String ARMS =
      "bare,sdk-partition,sdk-key,sdk-unordered,streams,spring,spring-batch,"
          + "parallel-consumer-key,parallel-consumer-unordered";
  private static final int WARM_UP_SECONDS = 5;
  private static final double P50_BAR_MS = 0.3;
  private static final double P99_BAR_MS = 2;

  private final Options options;
  private final long rate;
  private final Path page;
  private final String command;
  private final Runs<Arm, Histogram> found = new Runs<>(Arm::label);

  private CompareLatency(Options options, long rate, Path page, String command) {
    this.options = options;
    this.rate = rate;
    this.page = page;
    this.command = command;
  }

  /**
   * Runs it.
   *
   * @param args see {@link #HELP}
   */
  public static void main(String[] args) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of(args));
    if (words.contains("--help")) {
      System.out.println(HELP);
      return;
    }
    long rate = Long.parseLong(taken(words, "--rate", "20000"));
    long seconds = Long.parseLong(taken(words, "--seconds", "20"));
    Path page = Path.of(taken(words, "--report", "docs/benchmarks.md"));
    long records = LatencyRun.FIRST + rate * (seconds + WARM_UP_SECONDS);
    words.addAll(0, List.of("--arms", ARMS, "--rounds", "3", "--records", Long.toString(records)));
    Options options = Options.parse(words.toArray(String[]::new));
    CompareLatency comparison =
        new CompareLatency(
            options, rate, page, ("benchmarks/latency " + String.join(" ", args)).strip());
    comparison.run();
    System.exit(comparison.found.anyFailed() ? 1 : 0);
  }

  private static String taken(List<String> words, String name, String defaultValue) {
    int at = words.indexOf(name);
    if (at < 0 || at + 1 == words.size()) {
      return defaultValue;
    }
    words.remove(at);
    return words.remove(at);
  }

  private void run() throws InterruptedException {
    double loadBefore = Conditions.load();
    try (Stage stage = Stage.open()) {
      Runs.Run<Arm, Histogram> run = (arm, round) -> one(stage, arm);
      found.warmUp(options.arms().get(0), run);
      found.interleave(options.arms(), options.rounds(), run);
    }
    new Report(page, Parts.ORDER).put(section(loadBefore));
  }

  private Runs.Told<Histogram> one(Stage stage, Arm arm) throws InterruptedException {
    Loader shape = options.loader();
    Load load = new Load(TopicNames.unique("latency-in"), shape.partitions(), shape.keys().keys());
    stage.topics().create(load.topic(), shape.partitions());
    List<String> main =
        List.of(
            ArmMain.class.getName(),
            arm.label(),
            Long.toString(shape.records()),
            Work.parse(options.work()).spec());
    try (ArmRun run = new ArmRun(stage, arm, load, options.settings());
        Child child = run.start(options.jvm().home(), Comparison.flags(options), main)) {
      long warmUp = LatencyRun.FIRST + rate * WARM_UP_SECONDS;
      Histogram histogram =
          new LatencyRun(stage.topics(), shape, warmUp, load.topic(), run.output())
              .measure((double) rate);
      if (!child.awaitEnd(Duration.ofMinutes(1))) {
        throw new IllegalStateException(child.tail());
      }
      return new Runs.Told<>(
          histogram,
          String.format(
              Locale.ROOT,
              "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms",
              millis(histogram, 50),
              millis(histogram, 99),
              millis(histogram, 99.9)));
    } finally {
      stage.topics().delete(load.topic());
    }
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e3;
  }

  private Spread spread(Arm arm, double percentile) {
    return found.spread(arm, histogram -> millis(histogram, percentile));
  }

  private Section section(double loadBefore) {
    List<Section.Bar> promises = new ArrayList<>();
    if (found.withFigures(List.of(Arm.BARE, Arm.SDK_PARTITION)).size() == 2) {
      promises.add(added(50, P50_BAR_MS));
      promises.add(added(99, P99_BAR_MS));
    }
    return new Section(
        ID,
        "Latency",
        String.format(
            Locale.ROOT,
            "End to end, from when a record was to be sent to when its output was read, at a steady"
                + " %,d records a second for all arms; values of %d bytes, %d partitions, keys %s."
                + " A record that is sent late counts from when it was due.",
            rate,
            options.loader().valueBytes(),
            options.loader().partitions(),
            options.loader().keys()),
        command,
        Conditions.now(
            options.jvm().home(),
            Conditions.kafka(),
            "settings " + options.settings() + ", flags " + Comparison.flags(options),
            loadBefore),
        promises,
        List.of(
            found.table(
                options.arms(),
                "arm",
                List.of(column("p50", 50), column("p99", 99), column("p99.9", 99.9)))),
        List.of(
            found.chart(
                "Latency, p99 in milliseconds",
                options.arms(),
                arm -> arm.program() == Arm.Program.SDK,
                histogram -> millis(histogram, 99))));
  }

  private Runs.Column<Arm> column(String name, double percentile) {
    return found.column(name + " ms", histogram -> millis(histogram, percentile), 2);
  }

  private Section.Bar added(double percentile, double bound) {
    double added =
        spread(Arm.SDK_PARTITION, percentile).median() - spread(Arm.BARE, percentile).median();
    return new Section.Bar(
        String.format(
            Locale.ROOT, "sdk-partition, p%.0f above bare: at most %.1f ms", percentile, bound),
        String.format(Locale.ROOT, "%.2f ms", added),
        added <= bound);
  }
}
