package run.algo.sdk.kafka.internal.execute;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The dead-letter topic of each input topic that has a usable one. Filled when the topics are
 * prepared, which may be after the first records have flowed. Thread-safe.
 */
public final class DeadLetterTopics {

  private final Map<String, Target> targets = new ConcurrentHashMap<>();

  /**
   * A dead-letter topic.
   *
   * @param topic its name
   * @param partitions how many partitions it has
   */
  record Target(String topic, int partitions) {}

  /**
   * Adds a usable topic.
   *
   * @param input the input topic
   * @param topic its dead-letter topic
   * @param partitions how many partitions that has
   */
  public void add(String input, String topic, int partitions) {
    targets.put(input, new Target(topic, partitions));
  }

  Optional<Target> of(String input) {
    return Optional.ofNullable(targets.get(input));
  }
}
