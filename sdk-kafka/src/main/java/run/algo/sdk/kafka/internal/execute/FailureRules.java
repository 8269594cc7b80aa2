package run.algo.sdk.kafka.internal.execute;

import java.util.Map;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.spi.RetryPolicy;

/**
 * Which failed records are tried again, and how.
 *
 * @param inputs by input topic; failures of the others are not retried
 * @param classes which failures are retried at all
 * @param counter is told of each retry
 * @param fuse whether records wait while a dependency is down, instead of failing one by one
 */
public record FailureRules(
    Map<String, Input> inputs, FailureClasses classes, Counter counter, boolean fuse) {

  /** Nothing is retried. */
  public static final FailureRules NONE =
      new FailureRules(Map.of(), new FailureClasses(), (step, retryNum) -> {}, false);

  /** Copies the map. */
  public FailureRules {
    inputs = Map.copyOf(inputs);
  }

  /**
   * How the failures of one input topic are retried.
   *
   * @param kind where a record waits
   * @param policy decides which try comes next
   */
  public record Input(RetryStrategyKind kind, RetryPolicy policy) {}

  /** Counts retries. Thread-safe. */
  @FunctionalInterface
  public interface Counter {

    /**
     * A record waits for a try.
     *
     * @param step index of the step
     * @param retryNum which try of the step, from 1
     */
    void retried(int step, int retryNum);
  }
}
