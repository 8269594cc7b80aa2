package run.algo.examples.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import tools.jackson.databind.json.JsonMapper;

/** The row {@code fail} of the table, where failures are retried in place. */
class ConformanceRetriesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @ParameterizedTest
  @CsvSource({"CONFORMANCE_ASYNC, false", "CONFORMANCE_ASYNC, true", "CONFORMANCE_BATCH, 4"})
  void failuresAreTriedAgainAndCounted(String variable, String value, @TempDir Path folder) {
    Deployment deployment =
        Deployment.create(kafka, ("retries-" + variable + value).toLowerCase(Locale.ROOT), 1);
    Map<String, String> environment = deployment.environment("one");
    environment.put(variable, value);
    environment.put(
        "ALGO_RETRY_STRATEGY",
        "{\"strategy\":\"Simple\",\"steps\":["
            + "{\"index\":2,\"backoffDuration\":\"20ms\",\"repeat\":1},"
            + "{\"index\":1,\"backoffDuration\":\"10ms\",\"repeat\":2}]}");
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady()) {
      kafka
          .probe()
          .produceAll(
              deployment.commands(),
              List.of(
                  "{\"id\":\"1\",\"op\":\"fail\",\"times\":3,\"partial\":true}",
                  "{\"id\":\"2\",\"op\":\"fail\",\"times\":4,\"partial\":true}",
                  "{\"id\":\"3\",\"op\":\"fail\",\"times\":1}",
                  "{\"id\":\"4\",\"op\":\"echo\"}"));
      kafka
          .probe()
          .awaitCommittedOffset(
              deployment.group(), new TopicPartition(deployment.commands(), 0), 4, PATIENCE);
      algo.terminate();
      assertThat(algo.awaitExit()).isZero();
    }
    JsonMapper json = new JsonMapper();
    List<String> results =
        kafka.probe().readAll(deployment.results(), 0, PATIENCE).stream()
            .map(result -> json.readTree(result.value()))
            .map(result -> result.get("id").asString() + " " + result.get("attempt").asInt())
            .toList();
    assertThat(results).containsExactly("1 4", "3 2", "4 1");
    assertThat(kafka.probe().readAll(deployment.deadLetters(), 0, PATIENCE))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(header(letter, "dlqOffset")).isEqualTo("1");
              assertThat(header(letter, "dlqReason")).isEqualTo("algo");
              assertThat(header(letter, "dlqAttempts")).isEqualTo("4");
            });
  }

  private static String header(ConsumerRecord<String, String> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }
}
