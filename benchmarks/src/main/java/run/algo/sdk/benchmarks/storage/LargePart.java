package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.benchmarks.storage.PhaseResult.Phase;
import run.algo.sdk.benchmarks.storage.StorageResults.Row;

/**
 * One large file: the file store beside the transfer managers, in as little heap as each needs. In
 * the least heap growth ends a run and is not seen otherwise, so the store runs once more in one
 * that has room for it.
 */
final class LargePart implements Part {

  private static final String FULL = "--cell large --sizes 64,512";
  private static final String QUICK = "--cell large --sizes 16,64";
  private static final String ROOMY = " --heap 256 --collect 100 --arms store-stream,store-file";
  private static final int ROUNDS = 1;
  private static final double MIB = 1 << 20;

  @Override
  public String id() {
    return "s3-large";
  }

  @Override
  public String title() {
    return "A large file in S3";
  }

  @Override
  public Outcome measure(Terms terms) throws IOException, InterruptedException {
    double loadBefore = Conditions.load();
    StorageOptions all = options(terms, false);
    StorageResults results = StorageComparison.run(all);
    StorageOptions ours = options(terms, true);
    StorageResults roomy = StorageComparison.run(ours);
    return new Outcome(
        section(all, results, ours, roomy, loadBefore), !results.anyFailed() && !roomy.anyFailed());
  }

  /** Those of all arms in the least heap, or of ours in a roomy one. */
  static StorageOptions options(Terms terms, boolean roomy) {
    return StorageParts.options(
        terms, (terms.quick() ? QUICK : FULL) + (roomy ? ROOMY : ""), ROUNDS);
  }

  /** What the report says. */
  Section section(
      StorageOptions all,
      StorageResults results,
      StorageOptions ours,
      StorageResults roomy,
      double loadBefore) {
    List<Long> sizes = all.large().sizes();
    long largest = sizes.get(sizes.size() - 1);
    List<Section.Bar> bars = new ArrayList<>();
    for (StorageArm arm : ours.arms()) {
      bars.add(enough(results, arm, largest, all.large().heap()));
      bars.add(flat(roomy, arm, sizes, ours.large().heap()));
    }
    List<Row> rows = results.rows(all.arms(), sizes);
    List<Section.Table> tables = new ArrayList<>();
    tables.add(table(results, rows));
    tables.add(table(roomy, roomy.rows(ours.arms(), sizes)));
    tables.addAll(StorageParts.remarks(results));
    tables.addAll(StorageParts.remarks(roomy));
    return new Section(
        id(),
        title(),
        String.format(
            Locale.ROOT,
            "One file of %s, written and read back, each run after a warm-up of its own; what is"
                + " stored is compared by its SHA-256. It begins with -Xmx%dm; where that is not"
                + " enough for a rival it gets twice as much until it is, and -Xmx says what it"
                + " had. The store fails instead. Memory is the most of any round: the heap,"
                + " garbage included, the heap after collections, direct buffers, what the CRT has"
                + " allocated, the resident process. The second table is of the store with -Xmx%dm,"
                + " where growth would be seen, and of which garbage is collected every %d ms, which"
                + " takes time.",
            String.join(" and ", sizes.stream().map(StorageResults::size).toList()),
            all.large().heap(),
            ours.large().heap(),
            ours.large().collectMillis()),
        "benchmarks/compare --cells " + id(),
        StorageParts.conditions(all, all.jvm().flags() + " and -Xmx as told", loadBefore),
        bars,
        tables,
        List.of(
            StorageParts.chart(
                "MiB a second, file of " + StorageResults.size(largest),
                results,
                rows.stream().filter(row -> row.size() == largest).toList(),
                run -> run.perSecond() / MIB),
            heaps(results, all.arms(), largest)));
  }

  private static Section.Table table(StorageResults results, List<Row> rows) {
    return new Section.Table(
        List.of(
            "arm",
            "size",
            "phase",
            "-Xmx",
            "MiB/s",
            "CPU s",
            "heap MiB",
            "after GC",
            "direct",
            "CRT",
            "resident"),
        rows.stream()
            .map(
                row -> {
                  Peaks peaks = results.peaks(row);
                  return Arrays.asList(
                      row.arm().label(),
                      StorageResults.size(row.size()),
                      row.phase().label(),
                      results.heap(row).orElse(0) + "m",
                      StorageParts.text(results, row, run -> run.perSecond() / MIB, 0),
                      StorageParts.text(results, row, run -> run.usage().cpuNanos() / 1e9, 2),
                      StorageTables.mib(peaks.heap()),
                      StorageTables.mib(peaks.live()),
                      StorageTables.mib(peaks.direct()),
                      StorageTables.mib(peaks.nativeMemory()),
                      StorageTables.mib(peaks.resident()));
                })
            .toList());
  }

  /** That the first heap is enough for ours. */
  private static Section.Bar enough(
      StorageResults results, StorageArm arm, long largest, int heap) {
    boolean written = !results.runs(new Row(arm, largest, Phase.WRITE)).isEmpty();
    boolean holds = written && !results.anyFailed(arm);
    return new Section.Bar(
        String.format(
            Locale.ROOT,
            "%s: a file of %s with -Xmx%dm",
            arm.label(),
            StorageResults.size(largest),
            heap),
        holds ? "written and read" : "failed",
        holds);
  }

  private static Section.Bar flat(
      StorageResults roomy, StorageArm arm, List<Long> sizes, int heap) {
    long smallest = sizes.get(0);
    long largest = sizes.get(sizes.size() - 1);
    long least = StorageTables.live(roomy, arm, smallest);
    long most = StorageTables.live(roomy, arm, largest);
    return new Section.Bar(
        String.format(
            Locale.ROOT,
            "%s, heap after GC with -Xmx%dm: with %s at most a part of %s MiB above that with %s",
            arm.label(),
            heap,
            StorageResults.size(largest),
            StorageTables.mib(StorageTables.A_PART),
            StorageResults.size(smallest)),
        !StorageTables.hasLive(roomy, arm, sizes)
            ? "no figure: nothing was collected"
            : String.format(
                Locale.ROOT,
                "%s MiB, and %s with %s",
                StorageTables.mib(most),
                StorageTables.mib(least),
                StorageResults.size(smallest)),
        StorageTables.isFlat(roomy, arm, sizes));
  }

  private static Section.Chart heaps(StorageResults results, List<StorageArm> arms, long size) {
    return new Section.Chart(
        "Heap that is enough, MiB, file of " + StorageResults.size(size),
        arms.stream()
            .filter(arm -> results.heap(new Row(arm, size, Phase.WRITE)).isPresent())
            .map(
                arm -> {
                  int heap = results.heap(new Row(arm, size, Phase.WRITE)).orElseThrow();
                  return new Section.Value(arm.label(), heap, heap, heap, arm.isOurs());
                })
            .toList());
  }
}
