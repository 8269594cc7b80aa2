package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The runs of a comparison, and their tables. Not thread-safe. */
final class Results extends Runs<Arm, Measured> {

  private final Baseline baseline;

  Results(Baseline baseline) {
    this(baseline, Build.THIS);
  }

  /** Those of a build's arms. */
  Results(Baseline baseline, Build build) {
    super(arm -> new Contender(arm, build).label());
    this.baseline = baseline;
  }

  Baseline baseline() {
    return baseline;
  }

  /** Ratios of an arm's speed to another's, each within one round, where both have a figure. */
  List<Double> ratios(Arm arm, Arm base) {
    return ratios(arm, base, Measured::recordsPerSecond);
  }

  /** The same of any measure. */
  List<Double> ratios(Arm arm, Arm base, ToDoubleFunction<Measured> measure) {
    return ratios(arm, this, base, measure);
  }

  /** Ratios of an arm's measure to that of an arm in another build. */
  List<Double> ratios(Arm arm, Results of, Arm base, ToDoubleFunction<Measured> measure) {
    List<Double> ratios = new ArrayList<>();
    Map<Integer, Measured> bases = of.byRound(base);
    byRound(arm)
        .forEach(
            (round, result) -> {
              Measured other = bases.get(round);
              if (other != null) {
                ratios.add(measure.applyAsDouble(result) / measure.applyAsDouble(other));
              }
            });
    return ratios;
  }

  /** The table, one row an arm. */
  String table(List<Arm> arms) {
    StringBuilder table = new StringBuilder();
    row(
        table,
        "arm",
        "records/s: median [min .. max]",
        "ratio to " + baseline.name(),
        "CPU s per million",
        "bytes allocated per record");
    for (Arm arm : arms) {
      if (!runs(arm).isEmpty()) {
        row(
            table,
            arm.label(),
            spread(arm, Measured::recordsPerSecond).text(0),
            ratio(arm),
            spread(arm, Measured::cpuSecondsPerMillion).text(2),
            spread(arm, Measured::bytesPerRecord).text(0));
      }
      for (String failure : failures(arm)) {
        table.append(String.format(Locale.ROOT, "%-18s FAILED, %s%n", arm.label(), failure));
      }
    }
    return table.toString();
  }

  /**
   * Ratios of arms to others, one row a pair, each ratio within one round; nothing where no two
   * have a figure in the same round.
   *
   * @param arms in the order of the rows
   * @param against the others by arm, in their order
   */
  String ratioTable(List<Arm> arms, Function<Arm, List<Arm>> against) {
    StringBuilder table = new StringBuilder();
    for (Arm arm : arms) {
      for (Arm base : against.apply(arm)) {
        List<Double> ratios = ratios(arm, base);
        if (arm != base && !ratios.isEmpty()) {
          table.append(
              String.format(
                  Locale.ROOT,
                  "%-18s %-18s %s%n",
                  arm.label(),
                  base.label(),
                  Spread.of(ratios).text(3)));
        }
      }
    }
    if (!table.isEmpty()) {
      table.insert(
          0,
          String.format(
              Locale.ROOT, "%-18s %-18s %s%n", "arm", "against", "ratio: median [min .. max]"));
    }
    return table.toString();
  }

  /** The ratio of an arm to the baseline, as text. */
  String ratio(Arm arm) {
    List<Double> ratios = new ArrayList<>(ratios(arm, Arm.BARE));
    OptionalDouble ceiling = baseline.ceiling(arm);
    if (ceiling.isPresent()) {
      ratios.clear();
      runs(arm).forEach(run -> ratios.add(run.recordsPerSecond() / ceiling.getAsDouble()));
    }
    return ratios.isEmpty() ? "-" : Spread.of(ratios).text(3);
  }

  private static void row(StringBuilder table, String... cells) {
    table.append(
        String.format(
            Locale.ROOT,
            "%-18s %-34s %-24s %-26s %s%n",
            cells[0],
            cells[1],
            cells[2],
            cells[3],
            cells[4]));
  }

  /** What the arms are compared with: the bare loop of the same round, or a computed ceiling. */
  interface Baseline {

    /** Its name in the table's head. */
    String name();

    /** The ceiling of an arm in records a second; empty where the bare loop is the measure. */
    OptionalDouble ceiling(Arm arm);
  }
}
