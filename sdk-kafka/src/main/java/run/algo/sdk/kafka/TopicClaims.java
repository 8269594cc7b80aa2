package run.algo.sdk.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.OutputSettings;
import run.algo.sdk.kafka.internal.topics.TopicPreparation;

/**
 * Which topic is what to a runner. One that the SDK makes for itself must be nothing else: whatever
 * else is written to it would be taken for what the SDK writes.
 */
final class TopicClaims {

  /** Longest name of a topic. */
  private static final int LONGEST = 249;

  private final Map<String, String> taken = new HashMap<>();
  private final List<ConfigurationProblem> problems;

  /**
   * The topics of a runner's settings, and their dead letters.
   *
   * @param problems gets what is wrong with the topics that are claimed
   */
  TopicClaims(AlgoSettings settings, List<ConfigurationProblem> problems) {
    this.problems = problems;
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
  }

  /**
   * A topic of the SDK's own.
   *
   * @param name its name
   * @param kind what kind of topic it is
   * @param input its input topic
   * @param strategy the strategy of the input topic
   */
  record Claim(String name, String kind, String input, String strategy) {

    ConfigurationProblem problem(String what, String remedy) {
      return new ConfigurationProblem(
          "retryStrategy",
          strategy,
          kind + " topic " + name + " of input topic " + input + " " + what,
          remedy);
    }
  }

  /**
   * Claims a topic.
   *
   * @param claim the topic
   * @param remedy what to do where it is something else already
   * @param shorter what to do where its name is too long
   */
  void claim(Claim claim, String remedy, String shorter) {
    String other =
        taken.putIfAbsent(
            claim.name(), "a " + claim.kind() + " topic of input topic " + claim.input());
    if (other != null) {
      problems.add(claim.problem("would be " + other + " as well", remedy));
    }
    if (claim.name().length() > LONGEST) {
      problems.add(
          claim.problem(
              "has a name of " + claim.name().length() + " characters, and Kafka takes " + LONGEST,
              shorter));
    }
  }

  /** Adds a problem of another kind. */
  void refuse(ConfigurationProblem problem) {
    problems.add(problem);
  }
}
