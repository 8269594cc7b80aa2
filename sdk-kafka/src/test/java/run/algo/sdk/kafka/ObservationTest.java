package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.config.Setting;
import run.algo.sdk.kafka.internal.engine.KafkaClients;

/** The port of a whole runner, whose brokers do not answer. */
class ObservationTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AlgoRunner> runners = new ArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);

  static final class Echo implements Algo<String, String> {
    @Override
    public String run(String text, run.algo.sdk.AlgoContext context) {
      return text;
    }
  }

  @AfterEach
  void close() {
    runners.forEach(AlgoRunner::close);
  }

  private AlgoRunner runner(String port) {
    return runner(
        port,
        () -> {
          asked.countDown();
          throw new KafkaException("nobody is there");
        });
  }

  private AlgoRunner runner(String port, Runnable admin) {
    AlgoRunner runner = builder(port, admin).build();
    runners.add(runner);
    return runner;
  }

  private static AlgoRunnerBuilder builder(String port, Runnable admin) {
    return AlgoRunner.builder(new Echo())
        .environment(
            Map.of(
                "KAFKA_BROKERS", "localhost:1",
                "KAFKA_INPUT_TOPIC_IN", "in",
                "KAFKA_OUTPUT_TOPIC_OUT", "out",
                "ALGO_GROUP_ID", "group",
                "ALGO_HEALTH_GRACE", "0",
                "ALGO_METRICS_ADDRESS", "127.0.0.1"))
        .set(Setting.METRICS_PORT, port)
        .clients(new Broken(admin));
  }

  private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aRunnerThatWaitsForItsBrokersIsHealthyAndNotReady() throws Exception {
    AlgoRunner runner = runner("0");
    assertThat(runner.metricsPort()).isEmpty();
    runner.start();
    int port = runner.metricsPort().orElseThrow();
    asked.await();

    assertThat(get(port, "/health").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = get(port, "/ready");
    assertThat(ready.statusCode()).isEqualTo(500);
    assertThat(ready.body()).contains("the runner is STARTING");
    assertThat(get(port, "/metrics").body()).contains("algorunner_dlq_total", "jvm_memory_used");

    runner.close();
    assertThat(runner.metricsPort()).isEmpty();
    assertThatThrownBy(() -> get(port, "/health")).isInstanceOf(ConnectException.class);
  }

  @Test
  void aRunnerThatHasFailedIsUnhealthyUntilItIsClosed() throws Exception {
    AlgoRunner runner =
        runner(
            "0",
            () -> {
              throw new IllegalStateException("password=secret");
            });
    runner.start();
    int port = runner.metricsPort().orElseThrow();
    runner.awaitEnd();

    HttpResponse<String> health = get(port, "/health");
    assertThat(health.statusCode()).isEqualTo(500);
    assertThat(health.body())
        .contains("the runner has failed: java.lang.IllegalStateException")
        .doesNotContain("secret");
    assertThat(get(port, "/ready").body())
        .contains("the runner is FAILED")
        .doesNotContain("secret");
  }

  @Test
  void twoRunnersCannotShareAPort() throws Exception {
    AlgoRunner first = runner("0");
    first.start();
    int port = first.metricsPort().orElseThrow();
    AlgoRunner second = runner(Integer.toString(port));

    assertThatThrownBy(second::start)
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContainingAll("ALGO_METRICS_PORT", Integer.toString(port), "in use");

    assertThat(second.state()).isEqualTo(RunnerState.FAILED);
    assertThat(second.failure()).containsInstanceOf(AlgoConfigurationException.class);
    assertThat(second.metricsPort()).isEmpty();
    second.awaitEnd();
    assertThat(get(port, "/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aRegistryThatRefusesMetersFailsTheRunnerInsteadOfHangingItsClose() {
    MeterRegistry refusing = new SimpleMeterRegistry();
    refusing
        .config()
        .onMeterAdded(
            meter -> {
              throw new IllegalStateException("no room");
            });
    AlgoRunner runner = builder("off", () -> {}).meterRegistry(refusing).build();
    runners.add(runner);

    assertThatThrownBy(runner::start).hasMessageContaining("no room");

    assertThat(runner.state()).isEqualTo(RunnerState.FAILED);
    runner.close();
  }

  @Test
  @Timeout(40) // the clients themselves wait for a minute
  void aRunnerWhoseBrokersDoNotAnswerEndsAllTheSame() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      AlgoRunner runner =
          AlgoRunner.builder(new Echo())
              .environment(
                  Map.of(
                      "KAFKA_BROKERS", "127.0.0.1:" + silent.getLocalPort(),
                      "KAFKA_INPUT_TOPIC_IN", "in",
                      "KAFKA_OUTPUT_TOPIC_OUT", "out",
                      "ALGO_GROUP_ID", "group",
                      "ALGO_METRICS_PORT", "off"))
              .build();
      runners.add(runner);
      runner.start();
      silent.accept().getInputStream().read(); // it asks, and gets no answer
      runner.close();
      assertThat(runner.state()).isEqualTo(RunnerState.CLOSED);
      assertThat(runner.failure()).isEmpty();
    }
  }

  @Test
  void offOpensNoPort() throws Exception {
    AlgoRunner runner = runner("off");
    runner.start();
    asked.await();
    assertThat(runner.metricsPort()).isEmpty();
  }

  /** Clients that are never there. */
  private record Broken(Runnable onAdmin) implements KafkaClients {

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
      throw new AssertionError("no topics are known");
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> config) {
      throw new AssertionError("no topics are known");
    }

    @Override
    public Admin admin(Map<String, Object> config) {
      onAdmin.run();
      throw new AssertionError("has thrown");
    }
  }
}
