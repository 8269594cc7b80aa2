package run.algo.sdk.kafka.internal.execute;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The dead-letter topic of each input topic that has a usable one. Filled when the topics are
 * prepared, which may be after the first records have flowed. Thread-safe.
 */
public final class DeadLetterTopics {

  private final Map<String, Target> targets = new ConcurrentHashMap<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

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

  /**
   * Says that an input topic has no dead letters that may be written: its failures halt.
   *
   * @param input the input topic
   */
  public void refuse(String input) {
    refused.add(input);
  }

  /** Whether it is known that there is none; false while nobody has looked. */
  boolean refused(String input) {
    return refused.contains(input);
  }

  Optional<Target> of(String input) {
    return Optional.ofNullable(targets.get(input));
  }
}
