package run.algo.sdk.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.topics.RetryTopic;

/** Which retry topics the settings ask for, and whether each can be only that. */
final class RetryTopicNames {

  private RetryTopicNames() {}

  /** The strategy of an input topic whose failures go through retry topics. */
  static Optional<RetryStrategy> strategy(InputSettings input, String topic) {
    return input
        .retry(topic)
        .filter(strategy -> strategy.strategy() == RetryStrategyKind.RETRY_TOPICS);
  }

  /** The retry topic of each step, by the step's index. */
  static Map<Integer, String> bySteps(String input, RetryStrategy strategy) {
    Map<Integer, String> names = new HashMap<>();
    for (RetryStep step : strategy.steps()) {
      names.put(step.index(), RetryTopic.name(input, step.backoffText()));
    }
    return names;
  }

  /** All retry topics, each once for each input topic that has it. */
  static List<RetryTopic> of(AlgoSettings settings) {
    List<RetryTopic> all = new ArrayList<>();
    for (InputSettings input : settings.inputs()) {
      for (String topic : input.topics()) {
        strategy(input, topic).ifPresent(strategy -> all.addAll(of(topic, strategy)));
      }
    }
    return all;
  }

  private static List<RetryTopic> of(String input, RetryStrategy strategy) {
    Duration longest =
        strategy.steps().stream()
            .map(RetryStep::backoff)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    Map<String, RetryTopic> byName = new LinkedHashMap<>();
    for (RetryStep step : strategy.steps()) {
      String name = RetryTopic.name(input, step.backoffText());
      byName.putIfAbsent(name, new RetryTopic(name, input, step.backoff(), longest));
    }
    return List.copyOf(byName.values());
  }

  /** Claims all of them. */
  static void check(AlgoSettings settings, TopicClaims claims) {
    for (RetryTopic retry : of(settings)) {
      claims.claim(
          new TopicClaims.Claim(
              retry.name(), "retry", retry.input(), RetryStrategyKind.RETRY_TOPICS.wireName()),
          "write the backoff in another way (60s for 1m), or rename one of the topics",
          "give the input topic a shorter name");
    }
  }
}
