package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The figures of two revisions as text. */
final class RevisionTables {

  private RevisionTables() {}

  /**
   * A revision.
   *
   * @param build what ran
   * @param results its runs
   */
  record Side(Build build, Results results) {}

  /** What each has done, and the ratios of the head to the base. */
  static String text(Side base, Side head, List<Arm> arms) {
    StringBuilder text = new StringBuilder();
    row(
        text,
        "arm",
        "records/s: median [min .. max]",
        "CPU s per million",
        "bytes allocated per record");
    List<Arm> all = new ArrayList<>(arms);
    if (!all.contains(Arm.BARE)) {
      all.add(0, Arm.BARE);
    }
    for (Arm arm : all) {
      for (Side side : List.of(base, head)) {
        figures(text, arm, side);
      }
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%nratios of %s to %s, each of the same round: median [min .. max]%n",
            head.build().name(),
            base.build().name()));
    row(text, "arm", "records/s", "CPU s per million", "bytes allocated per record");
    for (Arm arm : arms) {
      row(
          text,
          arm.label(),
          ratio(base, head, arm, Measured::recordsPerSecond),
          ratio(base, head, arm, Measured::cpuSecondsPerMillion),
          ratio(base, head, arm, Measured::bytesPerRecord));
    }
    for (Side side : List.of(base, head)) {
      all.forEach(arm -> tooOld(arm, side).ifPresent(line -> text.append(line).append('\n')));
    }
    return text.toString();
  }

  private static void figures(StringBuilder text, Arm arm, Side side) {
    String label = new Contender(arm, side.build()).label();
    List<Measured> runs = side.results().runs(arm);
    if (!runs.isEmpty()) {
      row(
          text,
          label,
          spread(runs, Measured::recordsPerSecond, 0),
          spread(runs, Measured::cpuSecondsPerMillion, 2),
          spread(runs, Measured::bytesPerRecord, 0));
    }
    side.results()
        .failures(arm)
        .forEach(
            failure ->
                text.append(String.format(Locale.ROOT, "%-30s FAILED, %s%n", label, failure)));
  }

  private static String spread(List<Measured> runs, ToDoubleFunction<Measured> value, int digits) {
    return Spread.of(runs.stream().map(run -> value.applyAsDouble(run)).toList()).text(digits);
  }

  private static String ratio(Side base, Side head, Arm arm, ToDoubleFunction<Measured> measure) {
    List<Double> ratios = head.results().ratios(arm, base.results(), arm, measure);
    return ratios.isEmpty() ? "-" : Spread.of(ratios).text(3);
  }

  /** Where a revision has never run an arm well it may not have it yet, or have it otherwise. */
  private static Optional<String> tooOld(Arm arm, Side side) {
    return side.results().runs(arm).isEmpty() && !side.results().failures(arm).isEmpty()
        ? Optional.of(
            side.build().name()
                + " has no figure of "
                + arm.label()
                + ": it may be too old for it; try --same-benchmarks, or other --arms")
        : Optional.empty();
  }

  private static void row(StringBuilder text, String... cells) {
    text.append(
        String.format(
            Locale.ROOT, "%-30s %-34s %-26s %s%n", cells[0], cells[1], cells[2], cells[3]));
  }
}
