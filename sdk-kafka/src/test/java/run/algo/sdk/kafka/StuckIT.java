package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.internal.observe.Scrape;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** An Algo that hangs makes its runner unhealthy, and is named. */
@WithEmbeddedKafka
class StuckIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String input = TopicNames.unique("in");
  private final String output = TopicNames.unique("out");
  private final CountDownLatch release = new CountDownLatch(1);

  /** Hangs on what it is told to. */
  private final class Hanging implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      if (text.equals("hang")) {
        release.await();
      }
      return text;
    }
  }

  @BeforeEach
  void topics(EmbeddedKafka kafka) {
    kafka.createTopic(input, 1);
    kafka.createTopic(output, 1);
  }

  @AfterEach
  void letGo() {
    release.countDown();
  }

  @Test
  void theRecordAndTheThreadThatHoldsItAreNamed(EmbeddedKafka kafka) {
    try (AlgoRunner runner =
        AlgoRunner.builder(new Hanging())
            .environment(
                Map.of(
                    "KAFKA_BROKERS",
                    kafka.bootstrapServers(),
                    "KAFKA_INPUT_TOPIC_IN",
                    input,
                    "KAFKA_OUTPUT_TOPIC_OUT",
                    output,
                    "ALGO_STUCK_AFTER",
                    "1s",
                    "ALGO_HEALTH_GRACE",
                    "1s",
                    "ALGO_METRICS_ADDRESS",
                    "127.0.0.1"))
            .groupId(input)
            .metricsPort(0)
            .build()) {
      runner.start();
      RunnerPort port = RunnerPort.of(runner);
      kafka.probe().produceAll(input, List.of("one", "hang", "behind"));
      await().atMost(PATIENCE).until(() -> port.get("/health").statusCode() == 500);
      assertThat(port.get("/health").body())
          .contains(input + "-0 has settled nothing for", "offset 1", "is executed by thread")
          .contains("StuckIT$Hanging.run(StuckIT.java:")
          .contains("trace");
      Scrape stuck = port.scrape();
      assertThat(stuck.value("algo_partitions_stuck", "input", "in")).isEqualTo(1);
      assertThat(stuck.value("algo_executions_running")).isEqualTo(1);
      assertThat(stuck.value("algo_lag_records", "input", "in", "partition", "0")).isEqualTo(2);
      assertThat(stuck.value("algo_oldest_in_flight_seconds", "input", "in")).isPositive();

      release.countDown();

      await().atMost(PATIENCE).until(() -> port.get("/health").statusCode() == 200);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                Scrape now = port.scrape();
                return now.value("algo_partitions_stuck", "input", "in") == 0
                    && now.value("algo_lag_records", "input", "in", "partition", "0") == 0;
              });
    }
  }
}
