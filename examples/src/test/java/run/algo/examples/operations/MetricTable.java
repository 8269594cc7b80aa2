package run.algo.examples.operations;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The metrics of docs/metrics.md. */
final class MetricTable {

  /** The labels that the table calls L. */
  private static final List<String> COMMON =
      List.of("deployment", "pipeline", "component", "name", "version", "index");

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
    return Optional.empty();
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
    return text.contains("`" + value + "`");
  }
}
