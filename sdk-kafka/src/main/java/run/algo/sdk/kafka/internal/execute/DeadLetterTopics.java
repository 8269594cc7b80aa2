package run.algo.sdk.kafka.internal.execute;

import java.util.Map;

/**
 * The dead-letter topic of each input topic.
 *
 * @param targets by input topic
 */
public record DeadLetterTopics(Map<String, Target> targets) {

  /** Copies the map. */
  public DeadLetterTopics {
    targets = Map.copyOf(targets);
  }

  /**
   * A dead-letter topic.
   *
   * @param topic its name
   * @param partitions how many partitions it has, as far as known; else 0
   */
  public record Target(String topic, int partitions) {}

  Target of(String inputTopic) {
    Target target = targets.get(inputTopic);
    if (target == null) {
      throw new IllegalStateException("no dead-letter topic is set up for " + inputTopic);
    }
    return target;
  }
}
