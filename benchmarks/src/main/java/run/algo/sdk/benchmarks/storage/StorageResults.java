package run.algo.sdk.benchmarks.storage;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import run.algo.sdk.benchmarks.process.Spread;
import run.algo.sdk.benchmarks.storage.PhaseResult.Phase;

/**
 * The runs of all arms by size and round. A run that failed gives no figure: it is counted and
 * told. Not thread-safe.
 */
final class StorageResults {

  /**
   * What has a row of its own.
   *
   * @param arm who
   * @param size bytes of the file or of an object
   * @param phase writing or reading
   */
  record Row(StorageArm arm, long size, Phase phase) {

    Row of(StorageArm other) {
      return new Row(other, size, phase);
    }
  }

  private final Map<Row, Map<Integer, PhaseResult>> results = new LinkedHashMap<>();
  private final Map<Row, Integer> heaps = new HashMap<>();
  private final List<String> failures = new ArrayList<>();
  private final Set<StorageArm> failed = EnumSet.noneOf(StorageArm.class);
  private final List<String> notes = new ArrayList<>();

  void add(StorageArm arm, long size, int round, RunResult run) {
    for (Phase phase : Phase.values()) {
      results
          .computeIfAbsent(new Row(arm, size, phase), row -> new TreeMap<>())
          .put(round, run.of(phase));
    }
  }

  /** Notes the MiB of heap that an arm had enough of, for both phases. */
  void enough(StorageArm arm, long size, int heap) {
    for (Phase phase : Phase.values()) {
      heaps.put(new Row(arm, size, phase), heap);
    }
  }

  /** The MiB of heap that a row had enough of; empty where that is not known. */
  OptionalInt heap(Row row) {
    Integer heap = heaps.get(row);
    return heap == null ? OptionalInt.empty() : OptionalInt.of(heap);
  }

  void failed(StorageArm arm, long size, int round, String what) {
    failed.add(arm);
    failures.add("FAILED, " + arm.label() + " " + size + " bytes, round " + round + ": " + what);
  }

  /** Something to be told with the figures that is no failure. */
  void note(String what) {
    notes.add(what);
  }

  boolean anyFailed() {
    return !failures.isEmpty();
  }

  boolean anyFailed(StorageArm arm) {
    return failed.contains(arm);
  }

  /** What failed and what is to be told, a line each. */
  String remarks() {
    StringBuilder lines = new StringBuilder();
    notes.forEach(line -> lines.append(line).append(System.lineSeparator()));
    failures.forEach(line -> lines.append(line).append(System.lineSeparator()));
    return lines.toString();
  }

  /** The figures of a row by round. */
  List<PhaseResult> runs(Row row) {
    return List.copyOf(results.getOrDefault(row, Map.of()).values());
  }

  Optional<Spread> spread(Row row, ToDoubleFunction<PhaseResult> value) {
    List<Double> values = runs(row).stream().map(result -> value.applyAsDouble(result)).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
  }

  /** The most memory in any round. */
  Peaks peaks(Row row) {
    return runs(row).stream().map(PhaseResult::peaks).reduce(Peaks.NONE, Peaks::max);
  }

  /** Ratios of a row to another arm's, each within one round, where both have a figure. */
  Optional<Spread> ratios(Row row, StorageArm base, ToDoubleFunction<PhaseResult> value) {
    List<Double> ratios = new ArrayList<>();
    Map<Integer, PhaseResult> bases = results.getOrDefault(row.of(base), Map.of());
    results
        .getOrDefault(row, Map.of())
        .forEach(
            (round, result) -> {
              PhaseResult other = bases.get(round);
              if (other != null) {
                ratios.add(value.applyAsDouble(result) / value.applyAsDouble(other));
              }
            });
    return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
  }

  /** The rows of an arm and size, those that have a figure. */
  List<Row> rows(List<StorageArm> arms, List<Long> sizes) {
    List<Row> rows = new ArrayList<>();
    for (long size : sizes) {
      for (Phase phase : Phase.values()) {
        for (StorageArm arm : arms) {
          Row row = new Row(arm, size, phase);
          if (!runs(row).isEmpty()) {
            rows.add(row);
          }
        }
      }
    }
    return rows;
  }

  /** The rival of the promise that is to be kept: the asynchronous client that is the fastest. */
  Optional<StorageArm> best(Row row) {
    StorageArm best = null;
    double most = 0;
    for (StorageArm rival : row.arm().rivals()) {
      double speed =
          rival.isAsync()
              ? spread(row.of(rival), PhaseResult::perSecond).map(Spread::median).orElse(0.0)
              : 0;
      if (speed > most) {
        most = speed;
        best = rival;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Ratios of ours to the rivals: of the medians, and the median of those within a round. */
  String ratioTable(List<Row> rows) {
    StringBuilder table = new StringBuilder();
    for (Row row : rows) {
      for (StorageArm rival : row.arm().rivals()) {
        Optional<Spread> speed = ratios(row, rival, PhaseResult::perSecond);
        Optional<Spread> cpu = ratios(row, rival, result -> result.cpuSecondsPer(1));
        if (speed.isPresent() && cpu.isPresent()) {
          double medians =
              spread(row, PhaseResult::perSecond).orElseThrow().median()
                  / spread(row.of(rival), PhaseResult::perSecond).orElseThrow().median();
          boolean best = best(row).filter(arm -> arm == rival).isPresent();
          table.append(
              String.format(
                  Locale.ROOT,
                  "%-14s %9s %-6s %-16s %-10.3f %-26s %-26s %s%n",
                  row.arm().label(),
                  size(row.size()),
                  row.phase().label(),
                  rival.label(),
                  medians,
                  speed.get().text(3),
                  cpu.get().text(3),
                  best ? "the fastest async rival" : ""));
        }
      }
    }
    if (!table.isEmpty()) {
      table.insert(
          0,
          String.format(
              Locale.ROOT,
              "%-14s %9s %-6s %-16s %-10s %-26s %s%n",
              "arm",
              "size",
              "phase",
              "against",
              "of medians",
              "speed, of the same round",
              "CPU s, of the same round"));
    }
    return table.toString();
  }

  static String size(long bytes) {
    return bytes % (1 << 20) == 0 ? (bytes >> 20) + " MiB" : bytes + " B";
  }
}
