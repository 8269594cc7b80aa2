package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.SettingsSource;
import run.algo.sdk.kafka.internal.topics.ParkingTopic;

class ParkingTopicNamesTest {

  private static final String STRATEGY =
      "{\"strategy\":\"%s\",\"deadLetterSuffix\":\"%s\",\"steps\":["
          + "{\"index\":1,\"backoffDuration\":\"30s\"}]}";

  private static AlgoSettings settings(String strategy, String... pairs) {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "localhost:9092");
    environment.put("ALGO_GROUP_ID", "Algorun-G");
    environment.put("ALGO_RETRY_STRATEGY", STRATEGY.formatted(strategy, "dead"));
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
    TopicClaims claims = new TopicClaims(settings, problems);
    RetryTopicNames.check(settings, claims);
    ParkingTopicNames.check(settings, claims);
    return problems.stream().map(ConfigurationProblem::line).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"StatefulOrdered", "StatefulUnordered"})
  void eachInputTopicHasOneOfItsGroup(String strategy) {
    AlgoSettings settings =
        settings(strategy, "KAFKA_INPUT_TOPIC_A", "Dep.Orders", "KAFKA_INPUT_TOPIC_B", "lines");
    assertThat(ParkingTopicNames.of(settings))
        .containsExactlyInAnyOrder(
            new ParkingTopic("dep.orders.algorun-g.parked", "Dep.Orders"),
            new ParkingTopic("lines.algorun-g.parked", "lines"));
    assertThat(ParkingTopicNames.strategy(settings.inputs().get(0), "Dep.Orders")).isPresent();
    assertThat(problems(settings)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Simple", "RetryTopics"})
  void otherStrategiesParkNothingAndTakeAnyGroup(String strategy) {
    AlgoSettings settings =
        settings(strategy, "KAFKA_INPUT_TOPIC_A", "orders", "ALGO_GROUP_ID", "a group: ü");
    assertThat(ParkingTopicNames.of(settings)).isEmpty();
    assertThat(problems(settings)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "KAFKA_INPUT_TOPIC_B,  orders.algorun-g.parked, the input topic orders.algorun-g.parked",
    "KAFKA_INPUT_TOPIC_B,  ORDERS,                  a parking topic of input topic",
    "KAFKA_OUTPUT_TOPIC_O, orders.algorun-g.parked, the topic of output o",
  })
  void aParkingTopicIsNobodyElses(String variable, String other, String what) {
    AlgoSettings settings =
        settings("StatefulOrdered", "KAFKA_INPUT_TOPIC_A", "orders", variable, other);
    assertThat(problems(settings))
        .singleElement()
        .asString()
        .contains("parking topic orders.algorun-g.parked of input topic", what, "rename");
  }

  @Test
  void aParkingTopicIsNoDeadLetterTopic() {
    AlgoSettings settings =
        settings(
            "",
            "KAFKA_INPUT_TOPIC_A",
            "orders",
            "ALGO_RETRY_STRATEGY",
            STRATEGY.formatted("StatefulOrdered", "Algorun-G.Parked"));
    assertThat(problems(settings))
        .singleElement()
        .asString()
        .contains("orders.algorun-g.parked", "dead-letter topic of orders");
  }

  /** One input through retry topics and another parked, as only the runner config can have it. */
  @Test
  void aParkingTopicIsNoRetryTopic() {
    List<ConfigurationProblem> problems = new ArrayList<>();
    AlgoSettings settings = settings("StatefulOrdered", "KAFKA_INPUT_TOPIC_A", "orders");
    TopicClaims claims = new TopicClaims(settings, problems);
    claims.claim(
        new TopicClaims.Claim("orders.algorun-g.parked", "retry", "other", "RetryTopics"),
        "rename it",
        "shorten it");
    ParkingTopicNames.check(settings, claims);
    assertThat(problems)
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.line())
                    .contains("a retry topic of input topic other", "StatefulOrdered"));
  }

  /** The name has 18 characters besides that of the input topic. */
  @Test
  void aNameThatKafkaDoesNotTakeIsRefused() {
    AlgoSettings fits = settings("StatefulOrdered", "KAFKA_INPUT_TOPIC_A", "x".repeat(232));
    assertThat(problems(fits)).isEmpty();
    AlgoSettings tooLong = settings("StatefulOrdered", "KAFKA_INPUT_TOPIC_A", "x".repeat(233));
    assertThat(problems(tooLong))
        .singleElement()
        .asString()
        .contains("250", "249", "set ALGO_GROUP_ID");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", "a/b", "a b", "aü", "a\uD83D\uDE00"})
  void aGroupThatNoTopicCanBeNamedAfterIsRefused(String group) {
    AlgoSettings settings =
        settings("StatefulOrdered", "KAFKA_INPUT_TOPIC_A", "orders", "ALGO_GROUP_ID", group);
    assertThat(problems(settings))
        .singleElement()
        .asString()
        .startsWith("ALGO_GROUP_ID = " + group + ": ")
        .contains("\"" + group.replaceAll("[a-b]", "") + "\"", "set ALGO_GROUP_ID");
  }
}
