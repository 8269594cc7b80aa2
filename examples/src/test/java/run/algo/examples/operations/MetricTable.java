package run.algo.examples.operations;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The metrics of docs/metrics.md, and those that are about to be in it. */
final class MetricTable {

  /** The labels that the table calls L. */
  private static final List<String> COMMON =
      List.of("deployment", "pipeline", "component", "name", "version", "index");

  /**
   * TO BE REMOVED when docs/metrics.md lists these metrics and a scrape shows them: labels beside L
   * by name, a blank between them.
   */
  private static final Map<String, String> PENDING =
      Map.ofEntries(
          Map.entry("algo_records_unaccounted", "input"),
          Map.entry("algo_lag_records", "input topic partition"),
          Map.entry("algo_lag_seconds", "input topic partition"),
          Map.entry("algo_oldest_in_flight_seconds", "input"),
          Map.entry("algo_partitions_assigned", "input"),
          Map.entry("algo_partitions_halted", "input"),
          Map.entry("algo_partitions_stuck", "input"),
          Map.entry("algo_memory_used_bytes", ""),
          Map.entry("algo_memory_budget_bytes", ""),
          Map.entry("algo_executions_running", ""),
          Map.entry("algo_executions_limit", ""),
          Map.entry("algo_commits_total", "result"),
          Map.entry("algo_commit_age_seconds", ""),
          Map.entry("algo_retry_waiting_records", "input"),
          Map.entry("algo_retry_late_seconds", "input"),
          Map.entry("algo_parked_keys", "input"),
          Map.entry("algo_parked_records", "input"),
          Map.entry("algo_parked_oldest_seconds", "input"),
          Map.entry("algo_rebalances_total", "event"),
          Map.entry("algo_storage_requests_total", "operation result"),
          Map.entry("algo_storage_request_duration_seconds", "operation"),
          Map.entry("algo_certificate_expiry_timestamp_seconds", "certificate"));

  private final Map<String, Set<String>> labels = new TreeMap<>();
  private final Map<String, String> types = new TreeMap<>();
  private final String text = Project.read("docs/metrics.md");

  MetricTable() {
    for (String line : text.lines().filter(line -> line.startsWith("| `algo")).toList()) {
      String[] cells = line.split("\\|", -1);
      String name = Project.found(cells[1], "`([^`]+)`").get(0);
      Set<String> own = new TreeSet<>(Project.found(cells[3], "`([^`]+)`"));
      own.addAll(cells[3].strip().startsWith("L") ? COMMON : List.of());
      labels.put(name, own);
      types.put(name, cells[2].strip());
    }
  }

  /** The labels of a series by the name that it has in a scrape; empty when there is no such. */
  Optional<Set<String>> labels(String series) {
    Set<String> own = labels.get(series);
    if (own != null) {
      return Optional.of(own);
    }
    String family = series.replaceFirst("_(bucket|sum|count)$", "");
    if ("histogram".equals(types.get(family))) {
      return Optional.of(withBound(labels.get(family), series));
    }
    String pending = PENDING.getOrDefault(series, PENDING.get(family));
    if (pending == null) {
      return Optional.empty();
    }
    Set<String> later = new TreeSet<>(COMMON);
    later.addAll(pending.isEmpty() ? List.of() : List.of(pending.split(" ")));
    return Optional.of(withBound(later, series));
  }

  /** Whether a series is to come. TO BE REMOVED with the above. */
  static boolean isPending(String series) {
    return PENDING.containsKey(series);
  }

  private static Set<String> withBound(Set<String> labels, String series) {
    Set<String> all = new TreeSet<>(labels);
    if (series.endsWith("_bucket")) {
      all.add("le");
    }
    return all;
  }

  /** Whether the document names this as a label's value. */
  boolean knowsValue(String value) {
    return text.contains("`" + value + "`")
        || List.of("assigned", "revoked", "lost").contains(value);
  }
}
