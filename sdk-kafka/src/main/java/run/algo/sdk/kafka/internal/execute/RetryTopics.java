package run.algo.sdk.kafka.internal.execute;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The retry topics that may be written to. Filled when the topics are prepared, which may be after
 * the first records have flowed. Thread-safe.
 */
public final class RetryTopics {

  private final Map<String, Integer> partitions = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();

  /**
   * Adds a usable topic.
   *
   * @param topic its name
   * @param count how many partitions it has
   */
  public void add(String topic, int count) {
    partitions.put(topic, count);
    refused.remove(topic);
  }

  /**
   * Says why a topic cannot be used for now.
   *
   * @param topic its name
   * @param why what is in the way, and what to do about it
   */
  public void refuse(String topic, String why) {
    refused.put(topic, why);
  }

  /** How many partitions a usable topic has; empty where it is not usable. */
  OptionalInt partitions(String topic) {
    Integer count = partitions.get(topic);
    return count == null ? OptionalInt.empty() : OptionalInt.of(count);
  }

  /** Why a topic is not usable, where that is known. */
  Optional<String> refusal(String topic) {
    return Optional.ofNullable(refused.get(topic));
  }
}
