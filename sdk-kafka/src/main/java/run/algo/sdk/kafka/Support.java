package run.algo.sdk.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.config.ThreadModel;
import run.algo.sdk.kafka.internal.engine.Engine;
import run.algo.sdk.kafka.internal.engine.WorkerKind;
import run.algo.sdk.spi.RetryPolicyProvider;

/**
 * Refuses settings that are right in themselves and cannot be kept here: by this version, on this
 * Java, or without a module that is not on the class path.
 */
final class Support {

  private Support() {}

  /**
   * Checks the settings.
   *
   * @param ownStore whether the embedder brings a file store
   */
  static void check(AlgoSettings settings, boolean ownStore) {
    List<ConfigurationProblem> problems = new ArrayList<>();
    if (settings.engine().threads() == ThreadModel.VIRTUAL && !WorkerKind.virtualAvailable()) {
      problems.add(
          new ConfigurationProblem(
              "ALGO_THREADS",
              ThreadModel.VIRTUAL.wireName(),
              "Java " + Runtime.version().feature() + " has no virtual threads",
              "run on Java 21 or newer, or set auto"));
    }
    checkPolls(settings, problems);
    checkRetries(settings, problems);
    TopicClaims claims = new TopicClaims(settings, problems);
    RetryTopicNames.check(settings, claims);
    ParkingTopicNames.check(settings, claims);
    if (!ownStore) {
      FileSettings.check(settings, problems);
    }
    if (!problems.isEmpty()) {
      throw new AlgoConfigurationException(problems);
    }
  }

  /**
   * Settings that are kept otherwise than one may think, by something that is no weaker.
   *
   * @param settings the settings
   * @return one line each
   */
  static List<String> warnings(AlgoSettings settings) {
    List<String> warnings = new ArrayList<>();
    if (settings.engine().ordering() == Ordering.KEY
        && strategies(settings).anyMatch(RetryStrategyKind.RETRY_TOPICS::equals)) {
      warnings.add(
          "ALGO_ORDERING=key with retryStrategy RetryTopics: a record that is retried through a"
              + " topic is overtaken by later records of its key. Use Simple to keep the order");
    }
    return List.copyOf(warnings);
  }

  /** A poll is made when a full one fits. */
  private static void checkPolls(AlgoSettings settings, List<ConfigurationProblem> problems) {
    int poll = Engine.maxPollRecords(ClientProperties.consumer(settings));
    int bound = settings.engine().maxInFlight();
    if (poll > bound) {
      problems.add(
          new ConfigurationProblem(
              "max.poll.records",
              Integer.toString(poll),
              "more than ALGO_MAX_IN_FLIGHT (" + bound + "), so that nothing could be read",
              "leave it unset, or set it to at most ALGO_MAX_IN_FLIGHT"));
    }
  }

  private static boolean retriesWanted(AlgoSettings settings) {
    return strategies(settings).findAny().isPresent();
  }

  /** The kinds of strategy of all input topics that have one. */
  private static Stream<RetryStrategyKind> strategies(AlgoSettings settings) {
    return settings.inputs().stream()
        .flatMap(input -> input.retries().values().stream())
        .map(RetryStrategy::strategy);
  }

  private static void checkRetries(AlgoSettings settings, List<ConfigurationProblem> problems) {
    if (retriesWanted(settings)
        && ServiceLoader.load(RetryPolicyProvider.class).findFirst().isEmpty()) {
      problems.add(missing("retryStrategy", "retries are asked for", "sdk-retry"));
    }
    Object reset = ClientProperties.consumer(settings).get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
    if (strategies(settings).anyMatch(RetryStrategyKind.RETRY_TOPICS::equals)
        && !"earliest".equals(String.valueOf(reset))) {
      problems.add(
          new ConfigurationProblem(
              ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
              String.valueOf(reset),
              "it holds for retry topics, too: what was written to a new one before its first commit"
                  + " would never be read",
              "leave it unset, or use another strategy than RetryTopics"));
    }
  }

  static ConfigurationProblem missing(String setting, String what, String module) {
    return new ConfigurationProblem(
        setting,
        ConfigurationProblem.NOT_SET,
        what + ", and module " + module + " is not on the class path",
        "add the dependency <groupId>run.algo</groupId><artifactId>" + module + "</artifactId>");
  }
}
