package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * A real runner on a real broker whose numbers are known: of ten records seven are written, one is
 * filtered, one is dead and one is executed until the run is closed.
 */
final class StatusRun implements AutoCloseable {

  static final String SECRET = "hunter2";

  final String input = TopicNames.unique("in");
  final String output = TopicNames.unique("out");
  final AlgoRunner runner;
  private final CountDownLatch end = new CountDownLatch(1);

  StatusRun(EmbeddedKafka kafka) {
    kafka.createTopic(input, 2);
    kafka.createTopic(output, 1);
    runner =
        AlgoRunner.builder(new Mixed())
            .environment(
                Map.of(
                    "KAFKA_BROKERS",
                    kafka.bootstrapServers(),
                    "KAFKA_INPUT_TOPIC_IN",
                    input,
                    "KAFKA_OUTPUT_TOPIC_OUT",
                    output,
                    "KAFKA_CONSUMER_VAULT_PASSWORD",
                    SECRET,
                    "ALGO_ORDERING",
                    "key",
                    "ALGO_CONCURRENCY",
                    "4",
                    "ALGO_METRICS_ADDRESS",
                    "127.0.0.1"))
            .groupId(input)
            .metricsPort(0)
            .build();
    runner.start();
    // Each has a key of its own, so that the slow one holds up no other.
    kafka
        .probe()
        .produceAll(
            Stream.of("a", "b", "slow", "c", "bad secret-value", "d", "drop", "e", "f", "g")
                .map(text -> text.getBytes(UTF_8))
                .map(bytes -> new ProducerRecord<>(input, bytes, bytes))
                .toList());
  }

  String url() {
    return "http://127.0.0.1:" + runner.metricsPort().orElseThrow() + "/";
  }

  @Override
  public void close() {
    end.countDown();
    runner.close();
  }

  private final class Mixed implements Algo<String, String> {
    @Override
    @SuppressWarnings("NullAway") // null filters
    public String run(String text, AlgoContext context) throws Exception {
      if (text.startsWith("bad")) {
        throw new NonRetriableException("this one is bad: " + text);
      }
      if (text.equals("slow")) {
        end.await();
      }
      return text.equals("drop") ? null : text;
    }
  }
}
