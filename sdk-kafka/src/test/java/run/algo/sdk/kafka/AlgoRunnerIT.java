package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Pipe;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** A runner from its environment to its committed offset, on a real broker. */
@WithEmbeddedKafka
@Tag("core")
class AlgoRunnerIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final EmbeddedKafka kafka;
  private final KafkaProbe probe;
  private final String in = TopicNames.unique("in");
  private final String out = TopicNames.unique("out");
  private final String group = TopicNames.unique("algorun-test");

  AlgoRunnerIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
    this.probe = kafka.probe();
    kafka.createTopic(in, 2);
    kafka.createTopic(out, 2);
  }

  /** As an author writes it. */
  static final class Uppercase implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      return text.toUpperCase(Locale.ROOT);
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers());
    environment.put("KAFKA_INPUT_TOPIC_LINES", in);
    environment.put("KAFKA_OUTPUT_TOPIC_WORDS", out);
    environment.put("ALGO_GROUP_ID", group);
    environment.put("ALGO_METRICS_PORT", "off");
    environment.put("ALGO_COMMIT_INTERVAL", "50ms");
    return environment;
  }

  @Test
  void runsAnAlgoFromItsEnvironmentAlone() {
    probe.produceAll(in, IntStream.range(0, 100).mapToObj(i -> "line " + i).toList());
    try (AlgoRunner runner =
        AlgoRunner.builder(new Uppercase()).environment(environment()).build()) {
      runner.start();
      List<ConsumerRecord<String, String>> results = probe.readAll(out, 100, SOON);
      assertThat(results)
          .extracting(ConsumerRecord::value)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 100).mapToObj(i -> "LINE " + i).toList());
      await().atMost(SOON).until(() -> committed() == 100);
      assertThat(runner.notReady()).isEmpty();
      assertThat(runner.state()).isEqualTo(RunnerState.RUNNING);
    }
    assertThat(committed()).isEqualTo(100);
  }

  @Test
  void failedRecordsGoToTheDeadLettersAndTheRestGoesOn() {
    Pipe<String> lines = Pipe.text("lines");
    Pipe<String> words = Pipe.text("words");
    Algo<String, String> picky =
        (text, context) -> {
          if (text.endsWith("7")) {
            throw new IllegalStateException("sevens are out");
          }
          return text;
        };
    probe.produceAll(in, IntStream.range(0, 20).mapToObj(i -> "line " + i).toList());
    try (AlgoRunner runner =
        AlgoRunner.builder().input(lines, picky, words).environment(environment()).build()) {
      runner.start();
      assertThat(probe.readAll(out, 18, SOON)).hasSize(18);
      List<ConsumerRecord<String, String>> dead = probe.readAll(in + ".dlq", 2, SOON);
      assertThat(dead)
          .extracting(ConsumerRecord::value)
          .containsExactlyInAnyOrder("line 7", "line 17");
      await().atMost(SOON).until(() -> committed() == 20);
    }
  }

  /** An aborted transaction and the markers leave nothing to execute, and no lag for ever. */
  @Test
  void commitsPastTransactionMarkersAndAbortedRecords() {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TopicNames.unique("tx"));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      List<Future<RecordMetadata>> futures = new ArrayList<>();
      producer.initTransactions();
      producer.beginTransaction();
      futures.add(producer.send(new ProducerRecord<>(in, 0, "k", "seen")));
      producer.commitTransaction();
      producer.beginTransaction();
      futures.add(producer.send(new ProducerRecord<>(in, 0, "k", "never")));
      futures.add(producer.send(new ProducerRecord<>(in, 1, "k", "never")));
      producer.flush();
      producer.abortTransaction();
      assertThat(futures).hasSize(3);
    }
    try (AlgoRunner runner =
        AlgoRunner.builder(new Uppercase()).environment(environment()).build()) {
      runner.start();
      assertThat(probe.readAll(out, 1, SOON))
          .extracting(ConsumerRecord::value)
          .containsExactly("SEEN");
      // p0: record, marker, aborted record, marker; p1: aborted record, marker
      probe.awaitCommittedOffset(group, new TopicPartition(in, 0), 4, SOON);
      probe.awaitCommittedOffset(group, new TopicPartition(in, 1), 2, SOON);
    }
  }

  private long committed() {
    return IntStream.range(0, 2)
        .mapToLong(p -> probe.committedOffset(group, new TopicPartition(in, p)).orElse(0))
        .sum();
  }
}
