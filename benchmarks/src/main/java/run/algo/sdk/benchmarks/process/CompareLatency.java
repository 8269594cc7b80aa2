package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private final Map<Arm, List<Histogram>> found = new EnumMap<>(Arm.class);
  private boolean failed;

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
  public static void main(String[] args) throws Exception {
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
    if (!(options.loader().values() instanceof Values.RandomBytes)) {
      throw new IllegalArgumentException("a value carries its times here: use --value bytes");
    }
    CompareLatency comparison =
        new CompareLatency(
            options, rate, page, ("benchmarks/latency " + String.join(" ", args)).strip());
    comparison.run();
    System.exit(comparison.failed ? 1 : 0);
  }

  private static String taken(List<String> words, String name, String defaultValue) {
    int at = words.indexOf(name);
    if (at < 0 || at + 1 == words.size()) {
      return defaultValue;
    }
    words.remove(at);
    return words.remove(at);
  }

  private void run() throws IOException, InterruptedException {
    double loadBefore = Conditions.load();
    try (Workspace workspace = new Workspace();
        Child broker = Comparison.broker(workspace.folder())) {
      String address = broker.awaitLine(BrokerMain.READY, Comparison.BROKER_START);
      try (Topics topics = new Topics(address)) {
        one(topics, workspace.folder(), options.arms().get(0), 0); // warms the broker up
        found.clear();
        List<Arm> order = new ArrayList<>(options.arms());
        for (int round = 1; round <= options.rounds(); round++) {
          for (Arm arm : order) {
            one(topics, workspace.folder(), arm, round);
          }
          Collections.rotate(order, -1);
        }
      }
    }
    new Report(page, Parts.ORDER).put(section(loadBefore));
  }

  private void one(Topics topics, Path folder, Arm arm, int round) throws InterruptedException {
    Loader shape = options.loader();
    String input = TopicNames.unique("latency-in");
    String output = TopicNames.unique("latency-out");
    topics.create(input, shape.partitions());
    topics.create(output, shape.partitions());
    Map<String, String> environment =
        new HashMap<>(
            Environment.of(topics.bootstrapServers(), input, output, TopicNames.unique("latency")));
    environment.putAll(options.settings());
    List<String> main =
        List.of(
            ArmMain.class.getName(),
            arm.label(),
            Long.toString(shape.records()),
            Work.parse(options.work()).spec(),
            shape.values().spec());
    try (Child child =
        Child.start(folder, options.jvm().home(), Comparison.flags(options), main, environment)) {
      Histogram histogram =
          new LatencyRun(topics, shape, LatencyRun.FIRST + rate * WARM_UP_SECONDS, input, output)
              .measure((double) rate);
      if (!child.awaitEnd(Duration.ofMinutes(1))) {
        throw new IllegalStateException(child.tail());
      }
      found.computeIfAbsent(arm, a -> new ArrayList<>()).add(histogram);
      System.out.printf(
          Locale.ROOT,
          "round %d, %s: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms%n",
          round,
          arm.label(),
          millis(histogram, 50),
          millis(histogram, 99),
          millis(histogram, 99.9));
    } catch (IllegalStateException e) {
      failed = true;
      System.out.printf(Locale.ROOT, "round %d, %s: FAILED, %s%n", round, arm.label(), e);
    } finally {
      topics.delete(input);
      topics.delete(output);
    }
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e3;
  }

  private Spread spread(Arm arm, double percentile) {
    return Spread.of(
        found.getOrDefault(arm, List.of()).stream().map(h -> millis(h, percentile)).toList());
  }

  private Section section(double loadBefore) {
    List<Arm> arms = options.arms().stream().filter(found::containsKey).toList();
    List<List<String>> rows = new ArrayList<>();
    List<Section.Value> bars = new ArrayList<>();
    for (Arm arm : arms) {
      Spread p99 = spread(arm, 99);
      rows.add(
          List.of(arm.label(), spread(arm, 50).text(2), p99.text(2), spread(arm, 99.9).text(2)));
      bars.add(
          new Section.Value(
              arm.label(), p99.median(), p99.min(), p99.max(), arm.program() == Arm.Program.SDK));
    }
    List<Section.Bar> promises = new ArrayList<>();
    if (found.containsKey(Arm.BARE) && found.containsKey(Arm.SDK_PARTITION)) {
      promises.add(added(50, P50_BAR_MS));
      promises.add(added(99, P99_BAR_MS));
    }
    return new Section(
        ID,
        "Latency",
        String.format(
            Locale.ROOT,
            "End to end, from when a record was to be sent to when its output was read, at a steady"
                + " %,d records a second for all arms; values of %s, %d partitions, keys %s."
                + " A record that is sent late counts from when it was due.",
            rate,
            options.loader().values().text(),
            options.loader().partitions(),
            options.loader().keys()),
        command,
        Conditions.now(
            options.jvm().home(),
            Conditions.kafka(),
            "settings " + options.settings() + ", flags " + Comparison.flags(options),
            loadBefore),
        promises,
        List.of(new Section.Table(List.of("arm", "p50 ms", "p99 ms", "p99.9 ms"), rows)),
        List.of(new Section.Chart("Latency, p99 in milliseconds", bars)));
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
