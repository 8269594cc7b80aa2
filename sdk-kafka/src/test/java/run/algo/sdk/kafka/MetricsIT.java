package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.config.FailureAction;
import run.algo.sdk.kafka.internal.observe.Scrape;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

@WithEmbeddedKafka
class MetricsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String input = TopicNames.unique("in");
  private final String output = TopicNames.unique("out");

  /** Writes upper case; throws on what begins with "bad", and drops what begins with "drop". */
  static final class Picky implements Algo<String, String> {
    @Override
    public @Nullable String run(String text, AlgoContext context) {
      if (text.startsWith("bad")) {
        throw new IllegalArgumentException("this one is bad");
      }
      return text.startsWith("drop") ? null : text + "!";
    }
  }

  @BeforeEach
  void topics(EmbeddedKafka kafka) {
    kafka.createTopic(input, 3);
    kafka.createTopic(output, 2);
  }

  private AlgoRunnerBuilder runner(EmbeddedKafka kafka) {
    return AlgoRunner.builder(new Picky())
        .environment(
            Map.of(
                "KAFKA_BROKERS",
                kafka.bootstrapServers(),
                "KAFKA_INPUT_TOPIC_IN",
                input,
                "KAFKA_OUTPUT_TOPIC_OUT",
                output,
                "ALGO_METRICS_ADDRESS",
                "127.0.0.1"))
        .groupId(input)
        .metricsPort(0);
  }

  private static HttpResponse<String> get(AlgoRunner runner, String path) {
    return RunnerPort.of(runner).get(path);
  }

  private static Scrape scrape(AlgoRunner runner) {
    return RunnerPort.of(runner).scrape();
  }

  private void awaitReady(AlgoRunner runner) {
    await().atMost(PATIENCE).until(() -> get(runner, "/ready").statusCode() == 200);
  }

  @Test
  void countsExactlyWhatWasSent(EmbeddedKafka kafka) {
    List<String> values = new ArrayList<>();
    double okBytes = 0;
    double badBytes = 0;
    double outBytes = 0;
    for (int i = 0; i < 1050; i++) {
      String kind = i % 50 == 7 ? "bad" : i % 35 == 3 ? "drop" : "good ü";
      String value = kind + i;
      int bytes = value.getBytes(UTF_8).length;
      values.add(value);
      okBytes += kind.equals("bad") ? 0 : bytes;
      badBytes += kind.equals("bad") ? bytes : 0;
      outBytes += kind.startsWith("good") ? bytes + 1 : 0;
    }
    double bad = values.stream().filter(value -> value.startsWith("bad")).count();
    double dropped = values.stream().filter(value -> value.startsWith("drop")).count();
    double good = values.size() - bad - dropped;
    assertThat(bad).isEqualTo(21);

    try (AlgoRunner runner = runner(kafka).build()) {
      runner.start();
      kafka.probe().produceAll(input, values);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                Scrape now = scrape(runner);
                return now.value("algo_records_read_total") == 1050
                    && now.value("algo_records_in_flight") == 0;
              });
      Scrape scrape = scrape(runner);

      String records = "algo_records_total";
      assertThat(scrape.value(records, "input", "in", "outcome", "written")).isEqualTo(good);
      assertThat(scrape.value(records, "outcome", "filtered")).isEqualTo(dropped);
      assertThat(scrape.value(records, "outcome", "dead-lettered")).isEqualTo(bad);
      assertThat(scrape.value(records, "outcome", "released")).isZero();
      assertThat(scrape.value("algorunner_dlq_total")).isEqualTo(bad);
      assertThat(scrape.value("algorunner_algo_error")).isEqualTo(bad);
      assertThat(scrape.value("algorunner_runner_error")).isZero();
      for (String part : List.of("msg", "data")) {
        String in = "algorunner_" + part + "_bytes_input_total";
        assertThat(scrape.value(in, "input", "in", "status", "ok")).isEqualTo(okBytes);
        assertThat(scrape.value(in, "input", "in", "status", "error")).isEqualTo(badBytes);
        String out = "algorunner_" + part + "_bytes_output_total";
        assertThat(scrape.value(out, "output", "out", "status", "ok")).isEqualTo(outBytes);
      }
      for (String part : List.of("run", "algo")) {
        String duration = "algorunner_" + part + "_duration_seconds";
        assertThat(scrape.value(duration + "_count")).isEqualTo(1050);
        assertThat(scrape.value(duration + "_bucket", "le", "+Inf")).isEqualTo(1050);
        assertThat(scrape.value(duration + "_sum")).isPositive();
      }
      assertThat(scrape.value("algorunner_run_duration_seconds_sum"))
          .isGreaterThan(scrape.value("algorunner_algo_duration_seconds_sum"));
      assertThat(scrape.of("kafka_consumer_coordinator_assigned_partitions"))
          .singleElement()
          .extracting(Scrape.Sample::value)
          .isEqualTo(3.0);
      // A batch that the broker did not take at first, since its partition was new, is sent again.
      double again = scrape.value("kafka_producer_record_retry_total");
      assertThat(scrape.of("kafka_producer_record_send_total"))
          .singleElement()
          .extracting(Scrape.Sample::value)
          .isEqualTo(good + bad + again);
      assertThat(scrape.of("jvm_threads_live_threads")).hasSize(1);
    }
  }

  @Test
  void aHaltedPartitionIsNotReadyAndHealthy(EmbeddedKafka kafka) {
    try (AlgoRunner runner = runner(kafka).onFailure(FailureAction.HALT).build()) {
      runner.start();
      awaitReady(runner);

      kafka.probe().produceAll(input, List.of("bad apple"));
      await().atMost(PATIENCE).until(() -> get(runner, "/ready").statusCode() == 500);

      assertThat(get(runner, "/ready").body())
          .contains("is halted at offset 0")
          .doesNotContain("apple");
      assertThat(get(runner, "/health").statusCode()).isEqualTo(200);
      Scrape scrape = scrape(runner);
      assertThat(scrape.value("algo_records_in_flight")).isEqualTo(1);
      assertThat(scrape.value("algorunner_algo_error")).isEqualTo(1);
      assertThat(scrape.value("algorunner_run_duration_seconds_count")).isZero();
    }
  }

  @Test
  void whatWaitsForItsCommitHasAnAge(EmbeddedKafka kafka) throws Exception {
    try (AlgoRunner runner = runner(kafka).set("ALGO_COMMIT_INTERVAL", "1h").build()) {
      runner.start();
      awaitReady(runner);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                kafka.probe().produceAll(input, List.of("one", "two", "three")); // keeps it turning
                return scrape(runner).value("algo_commit_age_seconds") > 0;
              });
      assertThat(scrape(runner).value("algo_commits_total", "result", "confirmed")).isZero();

      assertThat(runner.drain(PATIENCE)).isTrue();
      runner.resume();

      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                kafka.probe().produceAll(input, List.of("drop"));
                return scrape(runner).value("algo_commits_total", "result", "confirmed") > 0;
              });
    }
  }

  @Test
  void theComingAndGoingOfPartitionsIsCounted(EmbeddedKafka kafka) {
    try (AlgoRunner runner = runner(kafka).build()) {
      runner.start();
      awaitReady(runner);
      await()
          .atMost(PATIENCE)
          .until(() -> scrape(runner).value("algo_partitions_assigned", "input", "in") == 3);
      double before = scrape(runner).value("algo_rebalances_total", "event", "assigned");
      assertThat(before).isPositive();
      assertThat(scrape(runner).value("algo_rebalances_total", "event", "revoked")).isZero();

      try (AlgoRunner other = runner(kafka).build()) {
        other.start();
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    scrape(runner).value("algo_rebalances_total", "event", "revoked") > 0
                        && scrape(runner).value("algo_partitions_assigned", "input", "in")
                                + scrape(other).value("algo_partitions_assigned", "input", "in")
                            == 3);
        assertThat(scrape(other).value("algo_partitions_assigned", "input", "in")).isPositive();
      }

      await()
          .atMost(PATIENCE)
          .until(() -> scrape(runner).value("algo_partitions_assigned", "input", "in") == 3);
      assertThat(scrape(runner).value("algo_rebalances_total", "event", "assigned"))
          .isGreaterThan(before);
      assertThat(scrape(runner).value("algo_rebalances_total", "event", "lost")).isZero();
    }
  }

  @Test
  void aMainWhosePortIsTakenExitsAsMisconfigured(EmbeddedKafka kafka) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              PickyMain.class.getName());
      builder
          .environment()
          .putAll(
              Map.of(
                  "KAFKA_BROKERS",
                  kafka.bootstrapServers(),
                  "KAFKA_INPUT_TOPIC_IN",
                  input,
                  "KAFKA_OUTPUT_TOPIC_OUT",
                  output,
                  "ALGO_GROUP_ID",
                  input,
                  "ALGO_METRICS_ADDRESS",
                  "127.0.0.1",
                  "ALGO_METRICS_PORT",
                  Integer.toString(other.getLocalPort())));
      Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      try {
        String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(errors).isEqualTo(78);
        assertThat(errors).contains("ALGO_METRICS_PORT", "in use", "0 for any free one, or off");
      } finally {
        process.destroyForcibly();
      }
    }
  }

  /** The process of the test above. */
  static final class PickyMain {
    private PickyMain() {}

    public static void main(String[] args) {
      AlgoMain.run(new Picky());
    }
  }
}
