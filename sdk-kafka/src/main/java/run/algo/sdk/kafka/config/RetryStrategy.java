package run.algo.sdk.kafka.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How failed records are tried again before they go to the dead letters.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param strategy the kind
 * @param deadLetterSuffix suffix of the dead-letter topic, {@code dlq} by default
 * @param steps in the order in which they run: by rising index
 * @since 0.1.0
 */
public record RetryStrategy(
    RetryStrategyKind strategy, String deadLetterSuffix, List<RetryStep> steps) {

  /** Copies the steps. */
  public RetryStrategy {
    steps = List.copyOf(steps);
  }

  /**
   * A strategy with the default suffix of dead letters.
   *
   * @param strategy the kind
   * @param steps the steps; they run by rising index, whatever their order here
   * @return the strategy
   */
  public static RetryStrategy of(RetryStrategyKind strategy, RetryStep... steps) {
    return new RetryStrategy(
        strategy,
        RetryReader.DEFAULT_SUFFIX,
        Arrays.stream(steps).sorted(Comparator.comparingInt(RetryStep::index)).toList());
  }

  /**
   * Writes the strategy as {@code ALGO_RETRY_STRATEGY} takes it.
   *
   * @return JSON in one line, with the steps' backoffs as their texts
   */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("strategy", strategy.wireName());
    json.put("deadLetterSuffix", deadLetterSuffix);
    ArrayNode list = json.putArray("steps");
    for (RetryStep step : steps) {
      list.addObject()
          .put("index", step.index())
          .put("backoffDuration", step.backoffText())
          .put("repeat", step.repeat());
    }
    return json.toString();
  }
}
