package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.DeploymentIdentity;

/** Kafka's own metrics as clients come and go. */
class ClientMetersTest {

  private static final String SENT = "kafka_producer_record_send_total";

  private final List<Refresher> refreshers = new ArrayList<>();
  private final RunnerMetrics metrics =
      new RunnerMetrics(
          new DeploymentIdentity("", "", "", "", "", "", "", 0),
          new RunnerCounters(List.of("in"), List.of()),
          RunnerMetrics.Sources.NONE,
          Optional.empty(),
          this::refresher);

  private ScheduledExecutorService refresher() {
    Refresher refresher = new Refresher();
    refreshers.add(refresher);
    return refresher;
  }

  /** A producer of the same {@code client.id} as every other. */
  private static final class Sending extends MockProducer<byte[], byte[]> {
    Sending(int sent) {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
      has("version", "app-info", Map.of(), "4");
      has("record-send-total", "producer-metrics", Map.of(), sent);
    }

    void has(String name, String group, Map<String, String> tags, Object value) {
      Map<String, String> all = new TreeMap<>(tags);
      all.put("client-id", "one");
      Metric metric = ClientMetrics.metric(name, group, all, value);
      setMockMetrics(metric.metricName(), metric);
    }

    /** As a client does that closes. */
    void hasNone() {
      metrics().clear();
    }
  }

  @AfterEach
  void close() {
    metrics.close();
    refreshers.forEach(refresher -> assertThat(refresher.isTerminated()).isTrue());
  }

  private Scrape scrape() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      metrics.scrape(out, RunnerMetrics.TEXT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Scrape(out.toString(UTF_8));
  }

  @Test
  void aProducerThatIsReplacedLeavesItsMetersToTheNewOne() {
    try (Sending first = new Sending(3);
        Sending second = new Sending(5)) {
      metrics.bind(first, "one");
      assertThat(scrape().value(SENT)).isEqualTo(3);

      metrics.bind(second, "one");
      assertThat(scrape().value(SENT)).isEqualTo(5);
      first.hasNone();
      refreshers.forEach(Refresher::turn);

      assertThat(scrape().value(SENT)).isEqualTo(5);
      assertThat(refreshers).hasSize(2);
      assertThat(refreshers.get(0).isTerminated()).as("nothing keeps the first in memory").isTrue();
      second.has("record-error-total", "producer-metrics", Map.of(), 7);
      refreshers.forEach(Refresher::turn);
      assertThat(scrape().value("kafka_producer_record_error_total"))
          .as("the second is looked at again")
          .isEqualTo(7);
    }
  }

  @Test
  void whatIsLeftOutOfPartitionsTakesNothingElseAlong() {
    try (Sending client = new Sending(1)) {
      client.has("records-lag-max", "consumer-metrics", Map.of(), 9);
      metrics.bind(client, "one");
      client.has("records-lag-max", "consumer-metrics", Map.of("partition", "4"), 8);
      refreshers.forEach(Refresher::turn);

      assertThat(scrape().of("kafka_consumer_records_lag_max"))
          .singleElement()
          .satisfies(
              sample -> {
                assertThat(sample.value()).isEqualTo(9);
                assertThat(sample.labels()).doesNotContainKey("partition");
              });
    }
  }
}
