package run.algo.sdk.kafka.config;

import java.util.List;

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
}
