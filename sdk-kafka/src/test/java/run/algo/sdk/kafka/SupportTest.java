package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.config.SettingsSource;

class SupportTest {

  private static final String RETRIES =
      "{\"strategy\":\"Simple\",\"steps\":[{\"index\":1,\"backoffDuration\":\"1s\",\"repeat\":1}]}";

  private static AlgoSettings settings(String... pairs) {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "localhost:9092");
    environment.put("KAFKA_INPUT_TOPIC_LINES", "lines");
    environment.put("ALGO_GROUP_ID", "algorun-test");
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return AlgoSettings.load(SettingsSource.of(environment));
  }

  @Test
  void defaultsNeedNoWord() {
    assertThatCode(() -> Support.check(settings(), false)).doesNotThrowAnyException();
    assertThat(Support.warnings(settings())).isEmpty();
  }

  @Test
  void bothDeliveriesAreKept() {
    AlgoSettings settings = settings("ALGO_DELIVERY", "exactly-once");
    assertThatCode(() -> Support.check(settings, false)).doesNotThrowAnyException();
    assertThat(Support.warnings(settings)).isEmpty();
  }

  /** Nothing would ever be read. */
  @Test
  void aPollThatBringsMoreThanMayBeInFlightIsRefused() {
    assertThatThrownBy(
            () ->
                Support.check(
                    settings("ALGO_MAX_IN_FLIGHT", "400", "KAFKA_CONSUMER_MAX_POLL_RECORDS", "500"),
                    false))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("max.poll.records")
        .hasMessageContaining("ALGO_MAX_IN_FLIGHT");
  }

  /** Of every kind. */
  @ParameterizedTest
  @EnumSource(RetryStrategyKind.class)
  void retriesWithoutTheirModuleNameTheDependency(RetryStrategyKind kind) {
    AlgoSettings settings =
        settings("ALGO_RETRY_STRATEGY", RETRIES.replace("Simple", kind.wireName()));
    assertThatCode(() -> Support.check(settings, false)).doesNotThrowAnyException();
    Thread thread = Thread.currentThread();
    ClassLoader all = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      assertThatThrownBy(() -> Support.check(settings, false))
          .isInstanceOfSatisfying(
              AlgoConfigurationException.class,
              e ->
                  assertThat(e.problems())
                      .singleElement()
                      .satisfies(
                          problem ->
                              assertThat(problem.line())
                                  .startsWith("retryStrategy = ")
                                  .contains("module sdk-retry is not on the class path")
                                  .endsWith(
                                      "add the dependency <groupId>run.algo</groupId>"
                                          + "<artifactId>sdk-retry</artifactId>")));
    } finally {
      thread.setContextClassLoader(all);
    }
  }

  @Test
  void whatIsKeptOtherwiseIsToldOf() {
    assertThat(Support.warnings(settings("ALGO_ORDERING", "key"))).isEmpty();
    assertThat(Support.warnings(settings("ALGO_TIMEOUT", "5s"))).isEmpty();
    assertThat(Support.warnings(settings("ALGO_RETRY_STRATEGY", RETRIES))).isEmpty();
    assertThat(Support.warnings(settings("ALGO_RETRY_STRATEGY", strategy("RetryTopics"))))
        .isEmpty();
    for (String stateful : new String[] {"StatefulOrdered", "StatefulUnordered"}) {
      assertThat(Support.warnings(settings("ALGO_RETRY_STRATEGY", strategy(stateful)))).isEmpty();
    }
  }

  /** What was handed to a new retry topic would be skipped with all that lies before its end. */
  @Test
  void retryTopicsAreReadFromTheirBeginning() {
    String topics = strategy("RetryTopics");
    assertThatThrownBy(
            () ->
                Support.check(
                    settings(
                        "ALGO_RETRY_STRATEGY",
                        topics,
                        "KAFKA_CONSUMER_AUTO_OFFSET_RESET",
                        "latest"),
                    false))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("auto.offset.reset")
        .hasMessageContaining("latest");
    assertThatCode(
            () ->
                Support.check(
                    settings(
                        "ALGO_RETRY_STRATEGY",
                        RETRIES,
                        "KAFKA_CONSUMER_AUTO_OFFSET_RESET",
                        "latest"),
                    false))
        .doesNotThrowAnyException();
    assertThatCode(() -> Support.check(settings("ALGO_RETRY_STRATEGY", topics), false))
        .doesNotThrowAnyException();
  }

  /** They are read whole, by offsets of their own. */
  @ParameterizedTest
  @ValueSource(strings = {"StatefulOrdered", "StatefulUnordered"})
  void parkingTopicsNeedNoResetOfOffsets(String stateful) {
    AlgoSettings settings =
        settings(
            "ALGO_RETRY_STRATEGY",
            strategy(stateful),
            "KAFKA_CONSUMER_AUTO_OFFSET_RESET",
            "latest");
    assertThatCode(() -> Support.check(settings, false)).doesNotThrowAnyException();
  }

  @Test
  void parkingTopicsAreCheckedWithTheRest() {
    assertThatThrownBy(
            () ->
                Support.check(
                    settings(
                        "ALGO_RETRY_STRATEGY",
                        strategy("StatefulOrdered"),
                        "ALGO_GROUP_ID",
                        "a group"),
                    false))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("ALGO_GROUP_ID = a group");
  }

  @Test
  void orderThatRetryTopicsBreakIsToldOf() {
    String topics = strategy("RetryTopics");
    assertThat(Support.warnings(settings("ALGO_RETRY_STRATEGY", topics, "ALGO_ORDERING", "key")))
        .singleElement()
        .asString()
        .contains("ALGO_ORDERING=key", "RetryTopics", "overtaken", "Simple");
    assertThat(Support.warnings(settings("ALGO_RETRY_STRATEGY", RETRIES, "ALGO_ORDERING", "key")))
        .isEmpty();
  }

  private static String strategy(String kind) {
    return RETRIES.replace("Simple", kind);
  }
}
