package run.algo.sdk.benchmarks.process;

import java.util.List;
import java.util.function.Function;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

/**
 * A part of the report that runs processes of arms, round by round, on a stage of its own.
 *
 * @param <K> what runs
 * @param <R> what a run gives
 */
abstract class ArmsPart<K, R> implements Part {

  private static final int QUICK_ROUNDS = 2;

  private final String id;
  private final String title;
  private final int rounds;

  /**
   * A part.
   *
   * @param id see {@link #id()}
   * @param title see {@link #title()}
   * @param rounds how often everything runs, unless something else is asked for
   */
  ArmsPart(String id, String title, int rounds) {
    this.id = id;
    this.title = title;
    this.rounds = rounds;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final String title() {
    return title;
  }

  @Override
  public final Outcome measure(Terms terms) throws InterruptedException {
    double loadBefore = Conditions.load();
    Runs<K, R> runs;
    try (Stage stage = Stage.open()) {
      runs = run(stage, terms);
    }
    Section section = section(runs, terms, loadBefore);
    section.tables().forEach(ArmsPart::print);
    return new Outcome(section, !runs.anyFailed());
  }

  /** Runs all that is measured. */
  abstract Runs<K, R> run(Stage stage, Terms terms) throws InterruptedException;

  /** What was measured, in words. */
  abstract String text(Terms terms);

  /** Settings and flags of the arms' processes. */
  abstract String settings();

  abstract List<Section.Bar> bars(Runs<K, R> runs);

  abstract Section.Table table(Runs<K, R> runs);

  abstract Section.Chart chart(Runs<K, R> runs);

  /** Runs all in as many rounds as are asked for. */
  final Runs<K, R> rounds(
      Stage stage, Terms terms, List<K> all, Function<K, String> label, Runs.Run<K, R> run)
      throws InterruptedException {
    Runs<K, R> runs = new Runs<>(label);
    if (!stage.isWarm()) {
      runs.warmUp(all.get(0), run);
    }
    runs.interleave(all, terms.rounds().orElse(terms.quick() ? QUICK_ROUNDS : rounds), run);
    return runs;
  }

  final Section section(Runs<K, R> runs, Terms terms, double loadBefore) {
    return new Section(
        id,
        title,
        text(terms),
        "benchmarks/compare --cells " + id,
        Conditions.now(terms.jdk(), Conditions.kafka(), settings(), loadBefore),
        bars(runs),
        List.of(table(runs)),
        List.of(chart(runs)));
  }

  private static void print(Section.Table table) {
    System.out.println();
    System.out.println(String.join(" | ", table.columns()));
    table.rows().forEach(row -> System.out.println(String.join(" | ", row)));
  }
}
