package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.SettingsSource;
import run.algo.sdk.kafka.internal.topics.RetryTopic;

class RetryTopicNamesTest {

  /**
   * Settings with retry topics.
   *
   * @param backoffs of steps 1, 2 and so on
   * @param pairs further variables
   */
  private static AlgoSettings settings(List<String> backoffs, String... pairs) {
    StringBuilder strategy =
        new StringBuilder(
            "{\"strategy\":\"RetryTopics\",\"deadLetterSuffix\":\"Dead\",\"steps\":[");
    for (int i = 0; i < backoffs.size(); i++) {
      strategy
          .append(i == 0 ? "" : ",")
          .append("{\"index\":")
          .append(i + 1)
          .append(",\"backoffDuration\":\"")
          .append(backoffs.get(i))
          .append("\",\"repeat\":1}");
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "localhost:9092");
    environment.put("ALGO_GROUP_ID", "algorun-test");
    environment.put("ALGO_RETRY_STRATEGY", strategy.append("]}").toString());
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    List<String> inputs = declared("KAFKA_INPUT_TOPIC_", environment);
    List<String> outputs = declared("KAFKA_OUTPUT_TOPIC_", environment);
    return AlgoSettings.load(
        new SettingsSource(
            environment, Map.of(), Map.of(), inputs, outputs, List.of(), !outputs.isEmpty()));
  }

  private static List<String> declared(String prefix, Map<String, String> environment) {
    return environment.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()).toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  private static List<String> problems(AlgoSettings settings) {
    List<ConfigurationProblem> problems = new ArrayList<>();
    RetryTopicNames.check(settings, new TopicClaims(settings, problems));
    return problems.stream().map(ConfigurationProblem::line).toList();
  }

  @Test
  void eachBackoffOfAnInputTopicHasOneTopic() {
    AlgoSettings settings =
        settings(List.of("30s", "1.5h", "30s"), "KAFKA_INPUT_TOPIC_A", "Dep.Orders");
    Duration longest = Duration.ofMinutes(90);
    assertThat(RetryTopicNames.of(settings))
        .containsExactlyInAnyOrder(
            new RetryTopic("dep.orders.30s", "Dep.Orders", Duration.ofSeconds(30), longest),
            new RetryTopic("dep.orders.1.5h", "Dep.Orders", longest, longest));
    assertThat(
            RetryTopicNames.bySteps(
                "Dep.Orders", settings.inputs().get(0).retry("Dep.Orders").orElseThrow()))
        .isEqualTo(Map.of(1, "dep.orders.30s", 2, "dep.orders.1.5h", 3, "dep.orders.30s"));
    assertThat(problems(settings)).isEmpty();
  }

  @Test
  void otherStrategiesHaveNone() {
    AlgoSettings settings =
        settings(
            List.of(),
            "KAFKA_INPUT_TOPIC_A",
            "a",
            "ALGO_RETRY_STRATEGY",
            "{\"strategy\":\"Simple\",\"steps\":[{\"index\":1,\"backoffDuration\":\"1s\"}]}");
    assertThat(RetryTopicNames.of(settings)).isEmpty();
    assertThat(problems(settings)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "orders.30s, the input topic orders.30s",
    "ORDERS, a retry topic of input topic",
  })
  void aRetryTopicIsNobodyElses(String other, String what) {
    AlgoSettings settings =
        settings(List.of("30s"), "KAFKA_INPUT_TOPIC_A", "orders", "KAFKA_INPUT_TOPIC_B", other);
    assertThat(problems(settings))
        .singleElement()
        .asString()
        .contains("orders.30s", "orders", what);
  }

  @Test
  void aRetryTopicIsNoOutput() {
    AlgoSettings settings =
        settings(
            List.of("30s"), "KAFKA_INPUT_TOPIC_A", "orders", "KAFKA_OUTPUT_TOPIC_O", "orders.30s");
    assertThat(problems(settings)).singleElement().asString().contains("orders.30s", "output o");
  }

  @Test
  void aRetryTopicIsNoDeadLetterTopic() {
    AlgoSettings settings = settings(List.of("30s"), "KAFKA_INPUT_TOPIC_A", "orders");
    assertThat(problems(settings)).isEmpty();
    AlgoSettings clash =
        settings(
            List.of(),
            "KAFKA_INPUT_TOPIC_A",
            "orders",
            "ALGO_RETRY_STRATEGY",
            "{\"strategy\":\"RetryTopics\",\"deadLetterSuffix\":\"30S\",\"steps\":["
                + "{\"index\":1,\"backoffDuration\":\"30s\"}]}");
    assertThat(problems(clash))
        .singleElement()
        .asString()
        .contains("orders.30s", "dead-letter topic of orders");
  }

  @Test
  void aNameThatKafkaDoesNotTakeIsRefused() {
    AlgoSettings fits = settings(List.of("30s"), "KAFKA_INPUT_TOPIC_A", "x".repeat(245));
    assertThat(problems(fits)).isEmpty();
    AlgoSettings tooLong = settings(List.of("30s"), "KAFKA_INPUT_TOPIC_A", "x".repeat(246));
    assertThat(problems(tooLong)).singleElement().asString().contains("250", "249");
  }
}
