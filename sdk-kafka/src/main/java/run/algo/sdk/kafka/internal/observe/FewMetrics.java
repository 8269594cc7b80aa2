package run.algo.sdk.kafka.internal.observe;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a Kafka client, without those that it has for each partition, and those that it
 * has for each topic or broker of so many topics and brokers only: a client reads thousands of
 * partitions, and has seven metrics for each. How far behind a partition is the runner tells
 * itself.
 *
 * <p>They are left out here, not in the registry. The binder prefers of two metrics of one name the
 * one with more labels, so one that is refused by a filter there takes its more general namesake
 * along. Thread-safe.
 */
final class FewMetrics implements Supplier<Map<MetricName, Metric>> {

  /** Topics of a client that have metrics of their own. */
  static final int MOST_TOPICS = 32;

  /** Brokers of a client that have metrics of their own; their connections, to be exact. */
  static final int MOST_NODES = 32;

  private static final String PARTITION = "partition";

  private final Supplier<? extends Map<MetricName, ? extends Metric>> all;
  private final Chosen topics = new Chosen("topic", MOST_TOPICS);
  private final Chosen nodes = new Chosen("node-id", MOST_NODES);

  /**
   * Few.
   *
   * @param all what the client has
   */
  FewMetrics(Supplier<? extends Map<MetricName, ? extends Metric>> all) {
    this.all = all;
  }

  @Override
  public synchronized Map<MetricName, Metric> get() {
    Map<MetricName, Metric> few = new HashMap<>(all.get());
    few.keySet().removeIf(name -> name.tags().containsKey(PARTITION));
    topics.choose(few.keySet());
    nodes.choose(few.keySet());
    return few;
  }

  /** Of the values of a tag so many, and the same ones for as long as they are there. */
  private static final class Chosen {
    private final String tag;
    private final int most;
    private final Set<String> chosen = new HashSet<>();

    Chosen(String tag, int most) {
      this.tag = tag;
      this.most = most;
    }

    void choose(Set<MetricName> names) {
      Set<String> there = new TreeSet<>();
      for (MetricName name : names) {
        String value = value(name);
        if (value != null) {
          there.add(value);
        }
      }
      chosen.retainAll(there);
      for (String value : there) {
        if (chosen.size() < most) {
          chosen.add(value);
        }
      }
      names.removeIf(
          name -> {
            String value = value(name);
            return value != null && !chosen.contains(value);
          });
    }

    private @Nullable String value(MetricName name) {
      return name.tags().get(tag);
    }
  }
}
