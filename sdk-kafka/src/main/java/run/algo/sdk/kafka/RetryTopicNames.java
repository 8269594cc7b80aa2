package run.algo.sdk.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.OutputSettings;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.topics.RetryTopic;
import run.algo.sdk.kafka.internal.topics.TopicPreparation;

/** Which retry topics the settings ask for, and whether each can be only that. */
final class RetryTopicNames {

  /** Longest name of a topic. */
  private static final int LONGEST = 249;

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

  /** Whatever else is written to a retry topic would be executed as a retry. */
  static void check(AlgoSettings settings, List<ConfigurationProblem> problems) {
    Map<String, String> taken = new HashMap<>();
    for (InputSettings input : settings.inputs()) {
      for (String topic : input.topics()) {
        taken.put(
            TopicPreparation.deadLetterTopic(topic, settings.engine().deadLetterSuffix()),
            "the dead-letter topic of " + topic);
      }
    }
    for (OutputSettings output : settings.outputs()) {
      taken.put(output.topic(), "the topic of output " + output.name());
    }
    for (InputSettings input : settings.inputs()) {
      for (String topic : input.topics()) {
        taken.put(topic, "the input topic " + topic);
      }
    }
    for (RetryTopic retry : of(settings)) {
      String other =
          taken.putIfAbsent(retry.name(), "a retry topic of input topic " + retry.input());
      if (other != null) {
        problems.add(
            problem(
                "retry topic "
                    + retry.name()
                    + " of input topic "
                    + retry.input()
                    + " would be "
                    + other
                    + " as well",
                "write the backoff in another way (60s for 1m), or rename one of the topics"));
      }
      if (retry.name().length() > LONGEST) {
        problems.add(
            problem(
                "retry topic "
                    + retry.name()
                    + " of input topic "
                    + retry.input()
                    + " has a name of "
                    + retry.name().length()
                    + " characters, and Kafka takes "
                    + LONGEST,
                "give the input topic a shorter name"));
      }
    }
  }

  private static ConfigurationProblem problem(String message, String remedy) {
    return new ConfigurationProblem(
        "retryStrategy", RetryStrategyKind.RETRY_TOPICS.wireName(), message, remedy);
  }
}
