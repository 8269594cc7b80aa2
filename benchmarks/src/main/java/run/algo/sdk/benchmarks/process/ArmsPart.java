package run.algo.sdk.benchmarks.process;

import java.util.List;
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

  private static final int ROUNDS = 5;
  private static final int QUICK_ROUNDS = 2;

  private final String id;
  private final String title;

  ArmsPart(String id, String title) {
    this.id = id;
    this.title = title;
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

  static int rounds(Terms terms) {
    return terms.rounds().orElse(terms.quick() ? QUICK_ROUNDS : ROUNDS);
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
