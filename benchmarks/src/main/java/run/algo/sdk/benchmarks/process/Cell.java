package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

/**
 * A comparison of the report: one load, one work, some arms. It is a set of options of {@link
 * Compare}, so that each can be run alone.
 *
 * @param id its name in options
 * @param title its head in the report
 * @param text what it is to show
 * @param options those of {@link Compare}, with blanks between
 * @param bars what is to be reached
 */
record Cell(String id, String title, String text, String options, List<CellBar> bars)
    implements Part {

  private static final int QUICK_SHARE = 10;
  private static final String QUICK_ROUNDS = "3";

  Cell {
    bars = List.copyOf(bars);
  }

  /** The options of a run, with some more; where one is there twice the later counts. */
  Options options(List<String> more) {
    List<String> words = new ArrayList<>(Arrays.asList(options.split(" ")));
    words.addAll(more);
    return Options.parse(words.toArray(String[]::new));
  }

  @Override
  public Optional<String> missing(Terms terms) {
    return id.equals(Cells.JDK_17) && terms.jdk17().isEmpty()
        ? Optional.of("name a JDK 17 with --jdk17")
        : Optional.empty();
  }

  @Override
  public Outcome measure(Terms terms) throws IOException, InterruptedException {
    double loadBefore = Conditions.load();
    Options run = options(more(terms));
    Results results = Comparison.run(run);
    return new Outcome(
        section(run, results, "benchmarks/compare --cells " + id, loadBefore),
        !results.anyFailed());
  }

  private List<String> more(Terms terms) {
    Path jdk = id.equals(Cells.JDK_17) ? terms.jdk17().orElseThrow() : terms.jdk();
    List<String> more = new ArrayList<>(List.of("--java-home", jdk.toString()));
    if (terms.quick()) {
      long records = options(List.of()).loader().records() / QUICK_SHARE;
      more.addAll(List.of("--records", Long.toString(records), "--rounds", QUICK_ROUNDS));
    }
    terms.rounds().ifPresent(rounds -> more.addAll(List.of("--rounds", Integer.toString(rounds))));
    return more;
  }

  /** What the report says of a run. */
  Section section(Options run, Results results, String command, double loadBefore) {
    List<Section.Bar> judged = bars.stream().map(bar -> bar.judge(results)).toList();
    Section.Table table =
        results.table(
            run.arms(),
            "arm",
            List.of(
                results.column("records/s", Measured::recordsPerSecond, 0),
                new Runs.Column<>(results.baseline().name(), results::ratio),
                results.column("CPU s per million", Measured::cpuSecondsPerMillion, 2),
                results.column("B/record", Measured::bytesPerRecord, 0)));
    return new Section(
        id,
        title,
        text,
        command,
        Conditions.now(
            run.jvm().home(),
            Conditions.kafka(),
            "settings " + run.settings() + ", flags " + Comparison.flags(run),
            loadBefore),
        judged,
        List.of(table),
        List.of(
            chart("Records a second", run, results, Measured::recordsPerSecond),
            chart(
                "Processor seconds per million records",
                run,
                results,
                Measured::cpuSecondsPerMillion)));
  }

  private static Section.Chart chart(
      String what, Options run, Results results, ToDoubleFunction<Measured> value) {
    return results.chart(
        String.format(
            Locale.ROOT,
            "%s: %,d records of %s, %d partitions, keys %s, work %s",
            what,
            run.loader().records(),
            run.loader().values().text(),
            run.loader().partitions(),
            run.loader().keys(),
            run.work()),
        run.arms(),
        arm -> arm.program() == Arm.Program.SDK,
        value);
  }
}
