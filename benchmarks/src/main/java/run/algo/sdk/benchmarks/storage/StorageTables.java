package run.algo.sdk.benchmarks.storage;

import java.util.List;
import java.util.Locale;
import run.algo.sdk.benchmarks.storage.PhaseResult.Phase;
import run.algo.sdk.benchmarks.storage.StorageResults.Row;

/** The figures of a cell as text. */
final class StorageTables {

  private static final double MIB = 1 << 20;

  /**
   * By so much the heap of the largest file may exceed that of the smallest: one part, which a
   * collection meets or does not meet.
   */
  static final long A_PART = 8 << 20;

  private StorageTables() {}

  /** Large files: what each arm needed. The heap is the one that the arm had enough of, in MiB. */
  static String large(StorageResults results, List<StorageArm> arms, List<Long> sizes) {
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-16s %-9s %-6s %-6s %-26s %-24s %-9s %-9s %-9s %-9s %-9s %s%n",
                "arm",
                "size",
                "phase",
                "-Xmx",
                "MiB/s: median [min .. max]",
                "CPU s",
                "heap MiB",
                "after GC",
                "direct",
                "CRT",
                "resident",
                "SHA-256"));
    for (Row row : results.rows(arms, sizes)) {
      Peaks peaks = results.peaks(row);
      table.append(
          String.format(
              Locale.ROOT,
              "%-16s %-9s %-6s %-6s %-26s %-24s %-9s %-9s %-9s %-9s %-9s %s%n",
              row.arm().label(),
              StorageResults.size(row.size()),
              row.phase().label(),
              results.heap(row).orElse(0) + "m",
              results.spread(row, r -> r.perSecond() / MIB).map(s -> s.text(0)).orElse("-"),
              results.spread(row, r -> r.usage().cpuNanos() / 1e9).map(s -> s.text(2)).orElse("-"),
              mib(peaks.heap()),
              mib(peaks.live()),
              mib(peaks.direct()),
              mib(peaks.nativeMemory()),
              mib(peaks.resident()),
              // A run whose bytes were not those gives no row.
              "verified"));
    }
    return table.toString();
  }

  /** Small objects. */
  static String small(StorageResults results, List<StorageArm> arms, long size) {
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-14s %-6s %-34s %-30s %s%n",
                "arm",
                "phase",
                "objects/s: median [min .. max]",
                "client's CPU s per 1,000",
                "bytes allocated per object"));
    for (Row row : results.rows(arms, List.of(size))) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-14s %-6s %-34s %-30s %s%n",
              row.arm().label(),
              row.phase().label(),
              results.spread(row, PhaseResult::perSecond).map(s -> s.text(0)).orElse("-"),
              results.spread(row, r -> r.cpuSecondsPer(1_000)).map(s -> s.text(3)).orElse("-"),
              results.spread(row, PhaseResult::allocatedPerUnit).map(s -> s.text(0)).orElse("-")));
    }
    return table.toString();
  }

  /** Whether our heap after a collection grows with the file; empty when there is one size only. */
  static String flatness(StorageResults results, List<StorageArm> arms, List<Long> sizes) {
    StringBuilder lines = new StringBuilder();
    for (StorageArm arm : arms) {
      if (arm.isOurs() && sizes.size() > 1) {
        lines.append(arm.label()).append(", heap after GC at most:");
        for (long size : sizes) {
          lines
              .append(' ')
              .append(StorageResults.size(size))
              .append(" -> ")
              .append(mib(live(results, arm, size)))
              .append(" MiB;");
        }
        lines
            .append(
                !hasLive(results, arm, sizes)
                    ? " no figure: nothing was collected"
                    : isFlat(results, arm, sizes) ? " flat" : " GROWS WITH THE FILE")
            .append(System.lineSeparator());
      }
    }
    return lines.toString();
  }

  /** Whether there were collections with the smallest file and with the largest. */
  static boolean hasLive(StorageResults results, StorageArm arm, List<Long> sizes) {
    return live(results, arm, sizes.get(0)) > 0
        && live(results, arm, sizes.get(sizes.size() - 1)) > 0;
  }

  /** Whether the largest file took no more heap than the smallest, but for a part. */
  static boolean isFlat(StorageResults results, StorageArm arm, List<Long> sizes) {
    long smallest = live(results, arm, sizes.get(0));
    long largest = live(results, arm, sizes.get(sizes.size() - 1));
    return hasLive(results, arm, sizes) && largest <= smallest + A_PART;
  }

  /** The most that was in the heap right after a collection. */
  static long live(StorageResults results, StorageArm arm, long size) {
    return Math.max(
        results.peaks(new Row(arm, size, Phase.WRITE)).live(),
        results.peaks(new Row(arm, size, Phase.READ)).live());
  }

  /** MiB, or a hyphen for nothing. */
  static String mib(long bytes) {
    return bytes == 0 ? "-" : String.format(Locale.ROOT, "%.1f", bytes / MIB);
  }
}
