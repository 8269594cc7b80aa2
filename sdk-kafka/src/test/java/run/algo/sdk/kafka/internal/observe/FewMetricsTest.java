package run.algo.sdk.kafka.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class FewMetricsTest {

  private final Map<MetricName, Metric> all = new LinkedHashMap<>();
  private final FewMetrics few = new FewMetrics(() -> all);

  private void add(String name, Map<String, String> tags) {
    Metric metric = ClientMetrics.metric(name, "fetch", tags, 1);
    all.put(metric.metricName(), metric);
  }

  private Set<String> values(String tag) {
    Set<String> values = new TreeSet<>();
    for (MetricName name : few.get().keySet()) {
      if (name.tags().containsKey(tag)) {
        values.add(name.tags().get(tag));
      }
    }
    return values;
  }

  @Test
  void nothingIsToldOfPartitions() {
    add("lag", Map.of("client-id", "c"));
    add("lag", Map.of("client-id", "c", "topic", "t"));
    for (int partition = 0; partition < 1_000; partition++) {
      add("lag", Map.of("client-id", "c", "topic", "t", "partition", "" + partition));
    }

    assertThat(few.get().keySet())
        .extracting(MetricName::tags)
        .containsExactlyInAnyOrder(
            Map.of("client-id", "c"), Map.of("client-id", "c", "topic", "t"));
  }

  @Test
  void soManyTopicsAndBrokersHaveTheirOwn() {
    for (int i = 0; i < 1_000; i++) {
      add("rate", Map.of("client-id", "c", "topic", "t" + i));
      add("bytes", Map.of("client-id", "c", "topic", "t" + i));
      add("latency", Map.of("client-id", "c", "node-id", "node-" + i));
    }

    assertThat(values("topic")).hasSize(FewMetrics.MOST_TOPICS);
    assertThat(values("node-id")).hasSize(FewMetrics.MOST_NODES);
    assertThat(few.get()).hasSize(2 * FewMetrics.MOST_TOPICS + FewMetrics.MOST_NODES);
  }

  @Test
  void thoseThatAreShownStayAndThoseThatGoMakeRoom() {
    for (int i = 0; i < FewMetrics.MOST_TOPICS; i++) {
      add("rate", Map.of("topic", "m" + i));
    }
    Set<String> first = values("topic");

    add("rate", Map.of("topic", "a"));
    assertThat(values("topic")).isEqualTo(first);

    all.keySet().removeIf(name -> "m7".equals(name.tags().get("topic")));
    assertThat(values("topic")).hasSize(FewMetrics.MOST_TOPICS).contains("a").doesNotContain("m7");
  }
}
