package run.algo.sdk.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.topics.ParkingTopic;

/** Which parking topics the settings ask for, and whether each can be only that. */
final class ParkingTopicNames {

  private ParkingTopicNames() {}

  /** The strategy of an input topic whose failures are parked. */
  static Optional<RetryStrategy> strategy(InputSettings input, String topic) {
    return input.retry(topic).filter(strategy -> parks(strategy.strategy()));
  }

  /** Whether records are parked. */
  static boolean parks(RetryStrategyKind kind) {
    return kind == RetryStrategyKind.STATEFUL_ORDERED
        || kind == RetryStrategyKind.STATEFUL_UNORDERED;
  }

  /** The parking topics of all input topics that have one. */
  static List<ParkingTopic> of(AlgoSettings settings) {
    List<ParkingTopic> all = new ArrayList<>();
    for (InputSettings input : settings.inputs()) {
      for (String topic : input.topics()) {
        if (strategy(input, topic).isPresent()) {
          all.add(new ParkingTopic(ParkingTopic.name(topic, settings.groupId()), topic));
        }
      }
    }
    return all;
  }

  /** Claims all of them. */
  static void check(AlgoSettings settings, TopicClaims claims) {
    boolean any = false;
    for (InputSettings input : settings.inputs()) {
      for (String topic : input.topics()) {
        Optional<RetryStrategy> strategy = strategy(input, topic);
        if (strategy.isPresent()) {
          any = true;
          claims.claim(
              new TopicClaims.Claim(
                  ParkingTopic.name(topic, settings.groupId()),
                  "parking",
                  topic,
                  strategy.get().strategy().wireName()),
              "rename one of the topics",
              "set ALGO_GROUP_ID to a shorter group, or give the input topic a shorter name");
        }
      }
    }
    if (any) {
      checkGroup(settings.groupId(), claims);
    }
  }

  /** A group may have any name; it is part of a topic's name here. */
  private static void checkGroup(String group, TopicClaims claims) {
    group
        .codePoints()
        .filter(character -> !mayStandInTopic(character))
        .findFirst()
        .ifPresent(
            character ->
                claims.refuse(
                    new ConfigurationProblem(
                        "ALGO_GROUP_ID",
                        group,
                        "parking topics are named after the group, and no topic's name may have \""
                            + Character.toString(character)
                            + "\"",
                        "set ALGO_GROUP_ID to a name of letters a-z, digits, dots, hyphens and"
                            + " underscores, or use another retryStrategy")));
  }

  private static boolean mayStandInTopic(int character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || character == '.'
        || character == '_'
        || character == '-';
  }
}
