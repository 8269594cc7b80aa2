package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** A backlog many times the heap, an Algo that is slower than the broker: the budget holds. */
@WithEmbeddedKafka
class SmallHeapIT {

  private static final int PARTITIONS = 4;
  private static final String LARGEST = "2097152";

  private final EmbeddedKafka kafka;

  SmallHeapIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /** What is emitted counts as well: every value is written again. */
  @ParameterizedTest
  @CsvSource({"200000, 1000, 50", "2000, 1000000, 5000"})
  void aBacklogOfManyTimesTheHeapIsWorkedOff(int records, int bytes, int micros) {
    String in = TopicNames.unique("in");
    String out = TopicNames.unique("out");
    String group = TopicNames.unique("algorun-test");
    Map<String, String> large = Map.of("max.message.bytes", LARGEST);
    kafka.createTopic(in, PARTITIONS, large);
    kafka.createTopic(out, PARTITIONS, large);
    byte[] value = new byte[bytes];
    new Random(1).nextBytes(value);
    List<ProducerRecord<byte[], byte[]>> backlog =
        IntStream.range(0, records)
            .mapToObj(i -> new ProducerRecord<>(in, new byte[] {(byte) i, (byte) (i >> 8)}, value))
            .toList();
    kafka.probe().produceAll(backlog);
    Map<String, String> environment =
        Map.of(
            "KAFKA_BROKERS",
            kafka.bootstrapServers(),
            "KAFKA_INPUT_TOPIC_LINES",
            in,
            "KAFKA_OUTPUT_TOPIC_WORDS",
            out,
            "ALGO_GROUP_ID",
            group,
            "ALGO_METRICS_PORT",
            "off",
            "ALGO_ORDERING",
            "key",
            "ALGO_CONCURRENCY",
            "2",
            "ALGO_MEMORY_BUDGET",
            "16MiB");
    List<String> options = List.of("-Xmx128m", "-XX:+ExitOnOutOfMemoryError");
    try (ChildJvm child =
        ChildJvm.start(EchoAlgo.class, options, environment, Integer.toString(micros))) {
      await("all committed")
          .atMost(Deployment.SOON)
          .failFast("the child has ended", () -> !child.alive())
          .until(() -> committed(group) == records);
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertThat(child.output() + child.errors()).doesNotContain("OutOfMemoryError");
    }
    assertThat(kafka.probe().endOffsets(out).values().stream().mapToLong(end -> end).sum())
        .isEqualTo(records);
  }

  private long committed(String group) {
    return kafka.probe().committedOffsets(group).values().stream().mapToLong(o -> o.offset()).sum();
  }
}
