package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a runner tells of itself over HTTP. */
@WithEmbeddedKafka
class StatusPageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(String url) {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode status(StatusRun run) {
    return JsonMapper.shared().readTree(get(run.url() + "status.json").body());
  }

  @Test
  void theDataOfARunningAlgoHasTheRightNumbers(EmbeddedKafka kafka) {
    try (StatusRun run = new StatusRun(kafka)) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                JsonNode stages = status(run).get("stages");
                return stages.get("read").asInt() == 10 && stages.get("written").asInt() == 7;
              });
      await().atMost(PATIENCE).until(() -> !status(run).at("/history/minute/rate").isNull());
      await().atMost(PATIENCE).until(() -> status(run).at("/deadLetters/total").asInt() == 1);

      JsonNode status = status(run);
      JsonNode stages = status.get("stages");
      assertThat(stages.get("filtered").asInt()).isEqualTo(1);
      assertThat(stages.get("deadLettered").asInt()).isEqualTo(1);
      assertThat(stages.get("waiting").asInt() + stages.get("executing").asInt()).isEqualTo(1);
      assertThat(status.at("/runner/state").asString()).isEqualTo("RUNNING");
      assertThat(status.at("/runner/ready").asBoolean()).isTrue();
      assertThat(status.at("/runner/group").asString()).isEqualTo(run.input);
      assertThat(status.at("/ledger/0/input").asString()).isEqualTo("in");
      assertThat(status.at("/ledger/0/inFlight").asInt()).isEqualTo(1);
      assertThat(status.at("/deadLetters/reasons/0/reason").asString()).isEqualTo("algo");
      assertThat(status.at("/deadLetters/latest").size()).isEqualTo(1);
      JsonNode letter = status.at("/deadLetters/latest/0");
      assertThat(letter.get("topic").asString()).isEqualTo(run.input);
      assertThat(letter.get("exception").asString())
          .isEqualTo("run.algo.sdk.NonRetriableException");
      assertThat(status.at("/history/rate").size()).isPositive();
      assertThat(status.at("/settings").toString()).contains("ALGO_CONCURRENCY", "VAULT_PASSWORD");
    }
  }

  @Test
  void noSecretAndNoValueIsShown(EmbeddedKafka kafka) {
    try (StatusRun run = new StatusRun(kafka)) {
      await().atMost(PATIENCE).until(() -> status(run).at("/deadLetters/latest").size() == 1);

      assertThat(get(run.url() + "status.json").body())
          .doesNotContain(StatusRun.SECRET, "secret-value", "this one is bad");
    }
  }

  @Test
  void thePageIsThereAndABrowserMayDoLittleWithIt(EmbeddedKafka kafka) {
    try (StatusRun run = new StatusRun(kafka)) {
      HttpResponse<String> page = get(run.url());

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'none'; script-src 'sha256-");
      assertThat(page.body()).startsWith("<!doctype html>").doesNotContain(run.input);
    }
  }

  @Test
  void itsThreadEndsWithTheRunner(EmbeddedKafka kafka) {
    try (StatusRun run = new StatusRun(kafka)) {
      assertThat(samplers()).isPositive();
      assertThat(run.runner.metricsPort()).isPresent();
    }
    await().atMost(PATIENCE).until(() -> samplers() == 0);
  }

  private static long samplers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && thread.getName().equals("algo-history"))
        .count();
  }
}
