package run.algo.sdk.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@WithEmbeddedKafka
class EmbeddedKafkaExtensionIT {
  private static EmbeddedKafka first;

  @BeforeAll
  static void remember(EmbeddedKafka kafka) {
    first = kafka;
  }

  @Test
  void sharesOneBroker(EmbeddedKafka kafka) {
    assertThat(kafka).isSameAs(first);
  }

  @Test
  void writesAndReads(EmbeddedKafka kafka) {
    String topic = TopicNames.unique("orders");
    kafka.createTopic(topic, 3);
    KafkaProbe probe = kafka.probe();

    probe.produce(topic, 1, "a", "1", KafkaProbe.header("trace", "t1"));
    probe.produceAll(topic, List.of("2", "3"));

    List<ConsumerRecord<String, String>> records = probe.readAll(topic, 3, Duration.ofSeconds(10));
    assertThat(records).extracting(ConsumerRecord::value).containsExactlyInAnyOrder("1", "2", "3");
    ConsumerRecord<String, String> keyed =
        records.stream().filter(r -> r.key() != null).findFirst().orElseThrow();
    assertThat(keyed.partition()).isEqualTo(1);
    assertThat(keyed.headers().lastHeader("trace").value()).asString(UTF_8).isEqualTo("t1");
    assertThat(probe.endOffsets(topic).values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(3);
  }

  @Test
  void tellsWhatWasFound(EmbeddedKafka kafka) {
    String topic = TopicNames.unique("orders");
    kafka.createTopic(topic, 1);
    kafka.probe().produce(topic, "a", "1");

    assertThatThrownBy(() -> kafka.probe().readAll(topic, 2, Duration.ofSeconds(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(topic, "1 of 2", "0@0 a=1");
    assertThatThrownBy(
            () ->
                kafka
                    .probe()
                    .awaitCommittedOffset(
                        topic, new TopicPartition(topic, 0), 1, Duration.ofMillis(100)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll("did not commit offset 1", "{}", "the end is 1");
    assertThat(kafka.probe().committedOffset(topic, new TopicPartition(topic, 0))).isEmpty();
  }
}
