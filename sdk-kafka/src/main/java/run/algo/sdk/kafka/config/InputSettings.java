package run.algo.sdk.kafka.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One input of the Algo, with every topic that feeds it.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param name the input's name as the Algo declares it, else as the config or the variable has it
 * @param topics at least one; no topic belongs to two inputs
 * @param contentTypes accepted content types; empty accepts all
 * @param required whether the config calls the input required; true when it says nothing
 * @param retries the retry strategy of each topic that has one
 * @since 0.1.0
 */
public record InputSettings(
    String name,
    List<String> topics,
    List<String> contentTypes,
    boolean required,
    Map<String, RetryStrategy> retries) {

  /** Copies the collections. */
  public InputSettings {
    topics = List.copyOf(topics);
    contentTypes = List.copyOf(contentTypes);
    retries = Map.copyOf(retries);
  }

  /**
   * Creates an input whose topics share one retry strategy.
   *
   * @param name the input's name
   * @param topics at least one
   * @param contentTypes accepted content types; empty accepts all
   * @param required whether the input is required
   * @param retry the strategy of all topics, or empty for none
   */
  public InputSettings(
      String name,
      List<String> topics,
      List<String> contentTypes,
      boolean required,
      Optional<RetryStrategy> retry) {
    this(name, topics, contentTypes, required, shared(topics, retry));
  }

  private static Map<String, RetryStrategy> shared(
      List<String> topics, Optional<RetryStrategy> retry) {
    if (retry.isEmpty()) {
      return Map.of();
    }
    RetryStrategy strategy = retry.get();
    return topics.stream()
        .distinct()
        .collect(
            Collectors.toMap(
                Function.identity(), topic -> strategy, (a, b) -> a, LinkedHashMap::new));
  }

  /**
   * Returns the retry strategy of the first topic. Topics of one input may differ: {@link
   * #retry(String)} is exact.
   *
   * @return the strategy, or empty when failures of that topic are not retried
   */
  public Optional<RetryStrategy> retry() {
    return topics.isEmpty() ? Optional.empty() : retry(topics.get(0));
  }

  /**
   * Returns the retry strategy of records of a topic.
   *
   * @param topic one of {@link #topics()}
   * @return the strategy, or empty when failures of that topic are not retried
   */
  public Optional<RetryStrategy> retry(String topic) {
    return Optional.ofNullable(retries.get(topic));
  }
}
