package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import run.algo.sdk.benchmarks.report.Section;

/**
 * What an arm is to reach in a cell: a ratio of the medians of one run of the cell.
 *
 * @param arm the arm
 * @param measure what is compared
 * @param base what it is compared with; empty = the ceiling that waiting leaves, or the bare loop
 *     that does not wait where that is lower
 * @param bound the ratio
 */
record CellBar(Arm arm, Measure measure, Optional<Arm> base, double bound) {

  /** What is compared. */
  enum Measure {
    /** Records a second: at least the bound. */
    SPEED("speed", true),
    /** Processor time per million records: at most the bound. */
    CPU("CPU per million records", false);

    private final String label;
    private final boolean atLeast;

    Measure(String label, boolean atLeast) {
      this.label = label;
      this.atLeast = atLeast;
    }

    private double of(Measured run) {
      return this == SPEED ? run.recordsPerSecond() : run.cpuSecondsPerMillion();
    }
  }

  static CellBar speed(Arm arm, double bound, Arm base) {
    return new CellBar(arm, Measure.SPEED, Optional.of(base), bound);
  }

  static CellBar cpu(Arm arm, double bound, Arm base) {
    return new CellBar(arm, Measure.CPU, Optional.of(base), bound);
  }

  static CellBar ceiling(Arm arm, double bound) {
    return new CellBar(arm, Measure.SPEED, Optional.empty(), bound);
  }

  /** Judges it; where one of the two has no figure it does not hold. */
  Section.Bar judge(Results results) {
    String promise =
        String.format(
            Locale.ROOT,
            "%s, %s: %s %s of %s",
            arm.label(),
            measure.label,
            measure.atLeast ? "at least" : "at most",
            number(bound),
            base.map(Arm::label).orElse("the ceiling"));
    List<Double> ratios = ratios(results);
    if (ratios.isEmpty()) {
      return new Section.Bar(promise, "no figure", false);
    }
    double median = Spread.of(values(results, arm)).median() / base(results);
    Spread spread = Spread.of(ratios);
    return new Section.Bar(
        promise,
        String.format(Locale.ROOT, "%.2f [%.2f .. %.2f]", median, spread.min(), spread.max()),
        measure.atLeast ? median >= bound : median <= bound);
  }

  private List<Double> ratios(Results results) {
    if (base.isPresent()) {
      return results.ratios(arm, base.get(), measure::of);
    }
    List<Double> ratios = new ArrayList<>();
    values(results, arm).forEach(value -> ratios.add(value / base(results)));
    return ratios;
  }

  /** The median of what it is compared with, or the ceiling. */
  private double base(Results results) {
    if (base.isPresent()) {
      return Spread.of(values(results, base.get())).median();
    }
    double ceiling = results.baseline().ceiling(arm).orElse(Double.MAX_VALUE);
    List<Double> bare = values(results, Arm.BARE_NO_WORK);
    return bare.isEmpty() ? ceiling : Math.min(ceiling, Spread.of(bare).median());
  }

  private List<Double> values(Results results, Arm of) {
    return results.runs(of).stream().map(run -> measure.of(run)).toList();
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, "%.2f", value).replaceAll("0$", "");
  }
}
