package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {

  private static final String STEPS =
      "[{\"index\":2,\"backoffDuration\":\"1.5h\"},"
          + "{\"index\":1,\"backoffDuration\":\"30s\",\"repeat\":3}]";

  private static String strategy(String kind, String steps) {
    return "{\"strategy\":\"%s\",\"deadLetterSuffix\":\"dead\",\"steps\":%s}"
        .formatted(kind, steps);
  }

  private static String config(String enabled, String top, String topicFields) {
    return """
        {"deploymentOwner":"o","deploymentName":"d","owner":"a","name":"n","version":"1",
         "retryEnabled":%s,"retryStrategy":%s,
         "pipes":[{"sourceName":"s","sourceOutputName":"x","destName":"a/n:1[0]","destInputName":"i"},
                  {"sourceName":"s","sourceOutputName":"y","destName":"a/n:1[0]","destInputName":"i"}],
         "topics":{"s|x":{"topicName":"tx"%s},"s|y":{"topicName":"ty"}}}
        """
        .formatted(enabled, top, topicFields);
  }

  @ParameterizedTest
  @EnumSource(RetryStrategyKind.class)
  void everyStrategyIsRead(RetryStrategyKind kind) {
    InputSettings input =
        Env.valid()
            .with("ALGO_RETRY_STRATEGY", strategy(kind.wireName(), STEPS))
            .load()
            .inputs()
            .get(0);
    RetryStrategy retry = input.retry().orElseThrow();
    assertThat(retry.strategy()).isEqualTo(kind);
    assertThat(retry.deadLetterSuffix()).isEqualTo("dead");
    assertThat(retry.steps())
        .containsExactly(
            new RetryStep(1, "30s", Duration.ofSeconds(30), 3),
            new RetryStep(2, "1.5h", Duration.ofMinutes(90), 1));
  }

  @Test
  void aTopicsOwnStrategyBeatsTheTopOneWhenItOverrides() {
    String own = ",\"retryStrategy\":" + strategy("RetryTopics", "[]");
    String top = strategy("Simple", STEPS);
    InputSettings input =
        Env.config(config("true", top, own + ",\"overrideRetryStrategy\":true"))
            .load()
            .inputs()
            .get(0);
    assertThat(input.retry("tx").orElseThrow().strategy())
        .isEqualTo(RetryStrategyKind.RETRY_TOPICS);
    assertThat(input.retry("ty").orElseThrow().strategy()).isEqualTo(RetryStrategyKind.SIMPLE);
    assertThat(input.retry()).isEqualTo(input.retry("tx"));
    input = Env.config(config("true", top, own)).load().inputs().get(0);
    assertThat(input.retry("tx").orElseThrow().strategy()).isEqualTo(RetryStrategyKind.SIMPLE);
  }

  @Test
  void withoutRetryEnabledNothingIsRetriedAndNothingJudged() {
    String broken = "{\"strategy\":\"\",\"deadLetterSuffix\":\"gone\",\"steps\":[{}]}";
    AlgoSettings settings = Env.config(config("false", broken, "")).load();
    assertThat(settings.inputs().get(0).retry()).isEmpty();
    assertThat(settings.engine().deadLetterSuffix()).isEqualTo("gone");
    settings = Env.config(config("true", "null", "")).load();
    assertThat(settings.inputs().get(0).retry()).isEmpty();
    assertThat(settings.warnings()).singleElement().asString().startsWith("retryEnabled is true");
  }

  @Test
  void theVariableImpliesEnabledAndBeatsEveryOverride() {
    String own =
        ",\"overrideRetryStrategy\":true,\"retryStrategy\":" + strategy("RetryTopics", "[]");
    AlgoSettings settings =
        Env.config(config("false", "{\"strategy\":\"broken\"}", own))
            .with("ALGO_RETRY_STRATEGY", strategy("Simple", "[]").replace("\"dead\"", "\"mine\""))
            .load();
    assertThat(settings.inputs().get(0).retries())
        .hasSize(2)
        .allSatisfy(
            (topic, retry) -> assertThat(retry.strategy()).isEqualTo(RetryStrategyKind.SIMPLE));
    assertThat(settings.engine().deadLetterSuffix()).isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "30", "0", "-1s", "+1s", "1µs", "1μs", "soon", "1 s", "300000d", "-0"})
  void aBackoffThatCannotServeIsAProblemWithStepTextAndRemedy(String backoff) {
    String steps = "[{\"index\":4,\"backoffDuration\":\"" + backoff + "\"}]";
    assertThat(Env.valid().with("ALGO_RETRY_STRATEGY", strategy("Simple", steps)).problem())
        .contains("$.steps[0].backoffDuration of step 4 \"" + backoff + "\": ")
        .contains("; write a backoff such as 300ms");
    assertThat(Env.config(config("true", strategy("RetryTopics", steps), "")).problem())
        .contains("$.retryStrategy.steps[0].backoffDuration of step 4 \"" + backoff + "\": ");
  }

  @Test
  void otherMistakesAreToldTogether() {
    String json =
        """
        {"strategy":"simple","deadLetterSuffix":"a b",
         "steps":[{"index":1,"backoffDuration":"1s"},{"index":1},{"backoffDuration":3}]}
        """;
    assertThat(Env.valid().with("ALGO_RETRY_STRATEGY", json).problems())
        .extracting(problem -> problem.message())
        .satisfiesExactlyInAnyOrder(
            text -> assertThat(text).contains("$.strategy \"simple\" is unknown"),
            text -> assertThat(text).contains("$.deadLetterSuffix \"a b\" cannot stand"),
            text -> assertThat(text).contains("$.steps[1].index 1 is that of an earlier step"),
            text -> assertThat(text).contains("$.steps[1].backoffDuration of step 1 \"\""),
            text -> assertThat(text).contains("$.steps[2].backoffDuration must be a text"),
            text -> assertThat(text).contains("$.steps[2].backoffDuration of step 0 \"\""));
    assertThat(Env.valid().with("ALGO_RETRY_STRATEGY", "{}").problem())
        .contains("$.strategy is missing")
        .contains("use Simple, RetryTopics, StatefulOrdered or StatefulUnordered");
  }
}
