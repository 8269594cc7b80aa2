package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import run.algo.sdk.benchmarks.process.Spread;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.benchmarks.storage.PhaseResult.Phase;
import run.algo.sdk.benchmarks.storage.StorageResults.Row;

/** Many small objects at once: the file store beside the raw clients. */
final class SmallPart implements Part {

  private static final double SPEED_BAR = 0.95;
  private static final int ROUNDS = 3;
  private static final int QUICK_ROUNDS = 1;
  private static final String FULL = "--cell small --warm-up 8 --passes 4";
  private static final String QUICK = "--cell small --objects 200 --warm-up 2 --passes 2";

  @Override
  public String id() {
    return "s3-small";
  }

  @Override
  public String title() {
    return "Small objects in S3";
  }

  @Override
  public Outcome measure(Terms terms) throws IOException, InterruptedException {
    return measure(options(terms));
  }

  Outcome measure(StorageOptions options) throws IOException, InterruptedException {
    double loadBefore = Conditions.load();
    StorageResults results = StorageComparison.run(options);
    return new Outcome(section(options, results, loadBefore), !results.anyFailed());
  }

  static StorageOptions options(Terms terms) {
    return StorageParts.options(
        terms, terms.quick() ? QUICK : FULL, terms.quick() ? QUICK_ROUNDS : ROUNDS);
  }

  /** What the report says. */
  Section section(StorageOptions options, StorageResults results, double loadBefore) {
    StorageOptions.Small small = options.small();
    List<Row> rows = results.rows(options.arms(), List.of((long) small.size()));
    return new Section(
        id(),
        title(),
        String.format(
            Locale.ROOT,
            "Passes of %,d objects of %,d bytes, %d in flight: all written, then all read; %d"
                + " passes that do not count, then %d that do. The store also takes a SHA-256 of"
                + " what it writes, verifies it when it reads, and writes on the condition that"
                + " nothing is there. Client and server share the processors: the processor seconds"
                + " are the client's alone.",
            small.objects(),
            small.size(),
            small.concurrency(),
            small.warmUp(),
            small.passes()),
        "benchmarks/compare --cells " + id(),
        StorageParts.conditions(
            options, StorageComparison.SMALL_FLAGS + " " + options.jvm().flags(), loadBefore),
        List.of(bar(options, results, Phase.WRITE), bar(options, results, Phase.READ)),
        tables(results, rows),
        List.of(
            StorageParts.chart("Objects a second", results, rows, PhaseResult::perSecond),
            StorageParts.chart(
                "The client's processor seconds per 1,000 objects",
                results,
                rows,
                run -> run.cpuSecondsPer(1_000))));
  }

  private static List<Section.Table> tables(StorageResults results, List<Row> rows) {
    List<Section.Table> tables = new ArrayList<>();
    tables.add(
        new Section.Table(
            List.of("arm", "phase", "objects/s", "CPU s per 1,000", "B/object"),
            rows.stream()
                .map(
                    row ->
                        List.of(
                            row.arm().label(),
                            row.phase().label(),
                            StorageParts.text(results, row, PhaseResult::perSecond, 0),
                            StorageParts.text(results, row, run -> run.cpuSecondsPer(1_000), 3),
                            StorageParts.text(results, row, PhaseResult::allocatedPerUnit, 0)))
                .toList()));
    List<List<String>> ratios = new ArrayList<>();
    for (Row row : rows) {
      for (StorageArm rival : row.arm().rivals()) {
        Optional<Spread> speed = results.ratios(row, rival, PhaseResult::perSecond);
        if (speed.isPresent()) {
          ratios.add(
              List.of(
                  row.arm().label(),
                  row.phase().label(),
                  rival.label(),
                  StorageParts.text(speed, 2),
                  StorageParts.text(results.ratios(row, rival, run -> run.cpuSecondsPer(1)), 2)));
        }
      }
    }
    tables.add(
        new Section.Table(
            List.of("arm", "phase", "against", "speed, same round", "CPU, same round"), ratios));
    tables.addAll(StorageParts.remarks(results));
    return tables;
  }

  /** The ratio of the medians, with the spread of those within a round. */
  private static Section.Bar bar(StorageOptions options, StorageResults results, Phase phase) {
    String promise =
        String.format(
            Locale.ROOT,
            "%s, %s: at least %.2f of the fastest raw asynchronous client",
            StorageArm.STORE.label(),
            phase.label(),
            SPEED_BAR);
    Row row = new Row(StorageArm.STORE, options.small().size(), phase);
    Optional<StorageArm> best = results.best(row);
    Optional<Spread> ratios =
        best.flatMap(rival -> results.ratios(row, rival, PhaseResult::perSecond));
    if (ratios.isEmpty()) {
      return new Section.Bar(promise, "no figure", false);
    }
    double ratio =
        results.spread(row, PhaseResult::perSecond).orElseThrow().median()
            / results.spread(row.of(best.get()), PhaseResult::perSecond).orElseThrow().median();
    return new Section.Bar(
        promise,
        String.format(
            Locale.ROOT,
            "%.2f [%.2f .. %.2f] of %s",
            ratio,
            ratios.get().min(),
            ratios.get().max(),
            best.get().label()),
        ratio >= SPEED_BAR);
  }
}
