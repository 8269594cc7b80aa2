package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** How many series a real client makes. */
@WithEmbeddedKafka
class ClientMetersIT {

  private static final int PARTITIONS = 60;

  @Test
  void aConsumerOfManyPartitionsHasFewSeries(EmbeddedKafka kafka) throws IOException {
    String topic = TopicNames.unique("many");
    kafka.createTopic(topic, PARTITIONS);
    kafka.probe().produceAll(topic, List.of("one"));
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        RunnerMetrics metrics =
            new RunnerMetrics(
                new DeploymentIdentity("", "", "", "", "", "", "", 0),
                new RunnerCounters(List.of("in"), List.of()),
                RunnerMetrics.Sources.NONE,
                Optional.empty())) {
      consumer.assign(
          IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition(topic, i)).toList());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
      assertThat(consumer.metrics().keySet())
          .as("what it has of partitions")
          .filteredOn(name -> name.tags().containsKey("partition"))
          .hasSizeGreaterThan(PARTITIONS);

      metrics.bind(consumer);

      ByteArrayOutputStream out = new ByteArrayOutputStream();
      metrics.scrape(out, RunnerMetrics.TEXT);
      Scrape scrape = new Scrape(out.toString(UTF_8));
      List<Scrape.Sample> series =
          scrape.samples.stream().filter(sample -> sample.name().startsWith("kafka_")).toList();
      assertThat(series)
          .isNotEmpty()
          .hasSizeLessThan(250)
          .allSatisfy(sample -> assertThat(sample.labels()).doesNotContainKey("partition"));
      assertThat(scrape.of("kafka_consumer_fetch_manager_records_consumed_total"))
          .singleElement()
          .satisfies(sample -> assertThat(sample.labels()).containsKey("topic"));
      assertThat(scrape.of("kafka_consumer_fetch_manager_records_lag_max")).hasSize(1);
    }
  }
}
