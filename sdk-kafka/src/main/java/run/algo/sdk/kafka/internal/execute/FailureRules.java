package run.algo.sdk.kafka.internal.execute;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.spi.RetryPolicy;

/**
 * Which failed records are tried again, and how.
 *
 * @param inputs by input topic; failures of the others are not retried
 * @param classes which failures are retried at all
 * @param counter is told of each retry
 * @param fuse whether records wait while a dependency is down, instead of failing one by one
 * @param parked how records are parked, where the strategy of an input does that
 */
public record FailureRules(
    Map<String, Input> inputs,
    FailureClasses classes,
    Counter counter,
    boolean fuse,
    Parked parked) {

  /** Nothing is retried. */
  public static final FailureRules NONE =
      new FailureRules(Map.of(), new FailureClasses(), (step, retryNum) -> {});

  /** Copies the map. */
  public FailureRules {
    inputs = Map.copyOf(inputs);
  }

  /**
   * Without anything about parking.
   *
   * @param inputs by input topic; failures of the others are not retried
   * @param classes which failures are retried at all
   * @param counter is told of each retry
   * @param fuse whether records wait while a dependency is down, instead of failing one by one
   */
  public FailureRules(
      Map<String, Input> inputs, FailureClasses classes, Counter counter, boolean fuse) {
    this(inputs, classes, counter, fuse, new Parked(InstantSource.system(), false));
  }

  /**
   * Without a fuse.
   *
   * @param inputs by input topic; failures of the others are not retried
   * @param classes which failures are retried at all
   * @param counter is told of each retry
   */
  public FailureRules(Map<String, Input> inputs, FailureClasses classes, Counter counter) {
    this(inputs, classes, counter, false);
  }

  /**
   * How records are parked.
   *
   * @param clock the time of day
   * @param haltWhenFull whether a record for which there is no room halts its partition, instead of
   *     having failed for good
   */
  public record Parked(InstantSource clock, boolean haltWhenFull) {}

  /**
   * How the failures of one input topic are retried.
   *
   * @param kind where a record waits
   * @param policy decides which try comes next
   * @param through how records go through retry topics; empty for the other strategies
   */
  public record Input(RetryStrategyKind kind, RetryPolicy policy, Optional<Through> through) {

    /**
     * Without retry topics.
     *
     * @param kind where a record waits
     * @param policy decides which try comes next
     */
    public Input(RetryStrategyKind kind, RetryPolicy policy) {
      this(kind, policy, Optional.empty());
    }
  }

  /**
   * How the failed records of one input topic go through retry topics.
   *
   * @param topics the topic of each step, by the step's index
   * @param known which topics may be written to
   * @param headers writes the records' headers
   * @param clock the time of day
   */
  public record Through(
      Map<Integer, String> topics, RetryTopics known, RetryHeaders headers, InstantSource clock) {

    /** Copies the map. */
    public Through {
      topics = Map.copyOf(topics);
    }
  }

  /** Counts retries, and notes outages. Thread-safe. */
  @FunctionalInterface
  public interface Counter {

    /**
     * A record waits for a try.
     *
     * @param step index of the step
     * @param retryNum which try of the step, from 1
     */
    void retried(int step, int retryNum);

    /**
     * The outage fuse has blown, or is whole again.
     *
     * @param down whether a dependency seems to be down, so that records wait
     */
    default void outage(boolean down) {}
  }
}
