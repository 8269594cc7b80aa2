package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import run.algo.sdk.benchmarks.process.Child;
import run.algo.sdk.benchmarks.process.ParentWatch;
import run.algo.sdk.benchmarks.process.Spread;
import run.algo.sdk.benchmarks.process.Workspace;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

/** How late retries are executed: {@link DueTimes}, in fresh JVMs. */
public final class RetryLateness implements Part {

  private static final double P99_BAR_MS = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final List<String> FLAGS = List.of("-Xms1g", "-Xmx1g");
  private static final int BYTES = 1_024;
  private static final int PARTITIONS = 4;
  private static final List<Waiting> FULL =
      List.of(new Waiting(10_000, 10, 3), new Waiting(100_000, 60, 1));
  private static final List<Waiting> QUICK = List.of(new Waiting(2_000, 2, 1));

  private final Optional<List<Waiting>> loads;

  /** With 10,000 records over 10 seconds and with 100,000 over 60. */
  public RetryLateness() {
    this.loads = Optional.empty();
  }

  RetryLateness(List<Waiting> loads) {
    this.loads = Optional.of(List.copyOf(loads));
  }

  /**
   * What waits.
   *
   * @param records how many
   * @param seconds over how long they are due
   * @param rounds how often it is measured
   */
  record Waiting(int records, int seconds, int rounds) {

    String text() {
      return String.format(Locale.ROOT, "%,d over %d s", records, seconds);
    }
  }

  /**
   * The rounds of a load.
   *
   * @param waiting the load
   * @param runs those that gave a figure
   * @param failures what went wrong with the others
   */
  record Measured(Waiting waiting, List<Lateness> runs, List<String> failures) {

    Measured {
      runs = List.copyOf(runs);
      failures = List.copyOf(failures);
    }

    private Spread millis(ToLongFunction<Lateness> nanos) {
      return Spread.of(runs.stream().map(run -> Lateness.millis(nanos.applyAsLong(run))).toList());
    }
  }

  /**
   * The process of one round, which ends with its parent.
   *
   * @param args those of {@link DueTimes}
   * @throws InterruptedException when interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    ParentWatch.endWithParent();
    DueTimes.main(args);
  }

  @Override
  public String id() {
    return "retry-lateness";
  }

  @Override
  public String title() {
    return "How late a retry is executed";
  }

  @Override
  public Outcome measure(Terms terms) throws InterruptedException {
    double loadBefore = Conditions.load();
    List<Measured> found = new ArrayList<>();
    try (Workspace workspace = new Workspace()) {
      for (Waiting waiting : loads.orElse(terms.quick() ? QUICK : FULL)) {
        found.add(rounds(workspace, terms, waiting));
      }
    }
    return new Outcome(
        section(terms, found, loadBefore),
        found.stream().allMatch(measured -> measured.failures().isEmpty()));
  }

  /** The rounds that are asked for are those of what is measured several times. */
  private static int rounds(OptionalInt asked, Waiting waiting) {
    return waiting.rounds() == 1 ? 1 : asked.orElse(waiting.rounds());
  }

  private static Measured rounds(Workspace workspace, Terms terms, Waiting waiting)
      throws InterruptedException {
    List<Lateness> runs = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int round = 1; round <= rounds(terms.rounds(), waiting); round++) {
      String said;
      try {
        Lateness lateness = one(workspace, terms, waiting);
        runs.add(lateness);
        said = lateness.text();
      } catch (IllegalStateException e) {
        failures.add("round " + round + ": " + e.getMessage());
        said = "FAILED, " + e.getMessage();
      }
      System.out.printf(Locale.ROOT, "round %d, %s: %s%n", round, waiting.text(), said);
    }
    return new Measured(waiting, runs, failures);
  }

  private static Lateness one(Workspace workspace, Terms terms, Waiting waiting)
      throws InterruptedException {
    List<String> main =
        List.of(
            RetryLateness.class.getName(),
            Integer.toString(waiting.records()),
            Integer.toString(waiting.seconds()),
            Integer.toString(BYTES),
            Integer.toString(PARTITIONS));
    try (Child child = Child.start(workspace.folder(), terms.jdk(), FLAGS, main, Map.of())) {
      if (!child.awaitEnd(PATIENCE)) {
        throw new IllegalStateException(child.tail());
      }
      return judged(
          Lateness.find(child.output())
              .orElseThrow(() -> new IllegalStateException("it printed no lateness")),
          waiting);
    }
  }

  /** A run in which a record was not executed, or before it was due, has failed. */
  static Lateness judged(Lateness lateness, Waiting waiting) {
    if (lateness.records() != waiting.records()) {
      throw new IllegalStateException(
          lateness.records() + " of " + waiting.records() + " records were executed");
    }
    if (lateness.least() < 0) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "a record was executed %.2f ms before it was due",
              -Lateness.millis(lateness.least())));
    }
    return lateness;
  }

  /** What the report says. */
  Section section(Terms terms, List<Measured> found, double loadBefore) {
    List<Measured> figures = found.stream().filter(m -> !m.runs().isEmpty()).toList();
    return new Section(
        id(),
        title(),
        String.format(
            Locale.ROOT,
            "Records of %,d bytes wait in %d partitions of a retry topic, with due times in no"
                + " order, so that each that is read again lies elsewhere in the log: what a retry"
                + " topic never is like, and the worst there is. Measured is how long after its due"
                + " time each is executed, with the engine's own poll loop, gate, timers and"
                + " refetcher; the broker is in the same process. Each round is a fresh JVM, warmed"
                + " up with a run that does not count.",
            BYTES,
            PARTITIONS),
        "benchmarks/compare --cells " + id(),
        Conditions.now(terms.jdk(), Conditions.kafka(), "flags " + FLAGS, loadBefore),
        found.stream().map(RetryLateness::bar).toList(),
        List.of(
            new Section.Table(
                List.of("waiting", "rounds", "p50 ms", "p99 ms", "greatest ms", "least ms"),
                found.stream().flatMap(measured -> rows(measured).stream()).toList())),
        List.of(
            new Section.Chart(
                "Lateness of retries in milliseconds",
                figures.stream().flatMap(measured -> values(measured).stream()).toList())));
  }

  private static Section.Bar bar(Measured measured) {
    String promise =
        String.format(
            Locale.ROOT, "%s, p99: at most %.0f ms", measured.waiting().text(), P99_BAR_MS);
    if (measured.runs().isEmpty()) {
      return new Section.Bar(promise, "no figure", false);
    }
    Spread p99 = measured.millis(Lateness::p99);
    return new Section.Bar(promise, p99.text(1) + " ms", p99.median() <= P99_BAR_MS);
  }

  private static List<List<String>> rows(Measured measured) {
    List<List<String>> rows = new ArrayList<>();
    String waiting = measured.waiting().text();
    if (!measured.runs().isEmpty()) {
      rows.add(
          List.of(
              waiting,
              Integer.toString(measured.runs().size()),
              measured.millis(Lateness::p50).text(2),
              measured.millis(Lateness::p99).text(1),
              measured.millis(Lateness::greatest).text(1),
              measured.millis(Lateness::least).text(2)));
    }
    measured
        .failures()
        .forEach(
            failure ->
                rows.add(
                    List.of(
                        waiting,
                        "failed, " + failure.lines().findFirst().orElse(""),
                        "",
                        "",
                        "",
                        "")));
    return rows;
  }

  private static List<Section.Value> values(Measured measured) {
    String waiting = measured.waiting().text();
    return List.of(
        value(waiting + ", p50", measured.millis(Lateness::p50)),
        value(waiting + ", p99", measured.millis(Lateness::p99)),
        value(waiting + ", greatest", measured.millis(Lateness::greatest)));
  }

  private static Section.Value value(String label, Spread spread) {
    return new Section.Value(label, spread.median(), spread.min(), spread.max(), true);
  }
}
