package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** What {@code /health} and {@code /ready} say of a runner that cannot go on. */
@WithEmbeddedKafka
class HealthIT {

  private final Deployment deployment;

  HealthIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 1);
  }

  private static final class Echo implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      return text;
    }
  }

  /** Holds the thread that polls, as an interceptor of an author could. */
  public static final class Holding implements ConsumerInterceptor<byte[], byte[]> {

    private static volatile CountDownLatch held = new CountDownLatch(0);

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
      while (held.getCount() > 0) {
        try {
          held.await();
        } catch (InterruptedException e) {
          // It would not listen.
        }
      }
      return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  @AfterEach
  void letGo() {
    Holding.held.countDown();
  }

  private AlgoRunner runner(String... more) {
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_METRICS_ADDRESS", "127.0.0.1");
    environment.put("ALGO_METRICS_PORT", "0");
    environment.put("ALGO_HEALTH_GRACE", "1s");
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return AlgoRunner.builder(new Echo()).environment(environment).build();
  }

  private static HttpResponse<String> answer(RunnerPort port, String path, int status) {
    return await(path + " is " + status)
        .atMost(Deployment.SOON)
        .until(() -> port.get(path), answer -> answer.statusCode() == status);
  }

  @Test
  void aPollThreadThatIsHeldMakesItUnhealthyForAsLongAsItIs() {
    try (AlgoRunner runner =
        runner(
            "KAFKA_CONSUMER_INTERCEPTOR_CLASSES",
            Holding.class.getName(),
            "ALGO_REVOKE_TIMEOUT",
            "100ms")) {
      runner.start();
      RunnerPort port = RunnerPort.of(runner);
      answer(port, "/ready", 200);
      assertThat(port.get("/health").statusCode()).isEqualTo(200);

      Holding.held = new CountDownLatch(1);
      deployment.fill(1);

      assertThat(answer(port, "/health", 500).body())
          .contains("the poll thread has not turned for");
      assertThat(runner.state()).isEqualTo(RunnerState.RUNNING);

      Holding.held.countDown();

      answer(port, "/health", 200);
      deployment.awaitAllCommitted();
    }
  }

  @Test
  void whoWaitsForItsFirstAssignmentIsNotReadyAndSaysSo() {
    KafkaConsumer<String, String> other =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                deployment.kafka.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                deployment.group),
            new StringDeserializer(),
            new StringDeserializer());
    try (other;
        AlgoRunner runner = runner()) {
      other.subscribe(List.of(deployment.in));
      await("the other has all partitions")
          .atMost(Deployment.SOON)
          .until(
              () -> {
                other.poll(Duration.ofMillis(100));
                return !other.assignment().isEmpty();
              });
      // From here on it does not poll: the group waits for it before it assigns anew.
      runner.start();
      RunnerPort port = RunnerPort.of(runner);

      await("it tells").atMost(Deployment.SOON).until(() -> waits(port));
      assertThat(port.get("/ready").statusCode()).isEqualTo(500);
      assertThat(port.get("/health").statusCode()).isEqualTo(200);
      assertThat(runner.state()).isEqualTo(RunnerState.STARTING);

      other.close();

      answer(port, "/ready", 200);
      assertThat(waits(port)).isFalse();
    }
  }

  private static boolean waits(RunnerPort port) {
    return port.get("/ready").body().contains("waits for the group's first assignment");
  }

  @Test
  void aRunnerThatHasFailedIsUnhealthyAndNamesTheError() {
    try (AlgoRunner runner =
        runner(
            "ALGO_CREATE_TOPICS",
            "false",
            "ALGO_RETRY_STRATEGY",
            "{\"strategy\":\"RetryTopics\",\"steps\":[{\"index\":1,\"backoffDuration\":\"1s\","
                + "\"repeat\":1}]}")) {
      runner.start();
      RunnerPort port = RunnerPort.of(runner);

      assertThat(answer(port, "/health", 500).body())
          .contains("the runner has failed: run.algo.sdk.AlgoConfigurationException");
      assertThat(port.get("/ready").body()).contains("the runner is FAILED");
    }
  }
}
