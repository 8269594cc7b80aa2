package run.algo.sdk.kafka.config;

import java.time.Duration;
import run.algo.sdk.spi.GoDuration;

/**
 * One step of a retry strategy.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param index identifies the step and gives its place; unique within the strategy
 * @param backoffText the backoff as configured, for example {@code 30s}; part of the name of a
 *     retry topic
 * @param backoff the wait before each try, 0 or more
 * @param repeat how often the step is tried, at least 1
 * @since 0.1.0
 */
public record RetryStep(int index, String backoffText, Duration backoff, int repeat) {

  /**
   * A step from its backoff as one writes it.
   *
   * @param index gives its place among the steps: they run from the lowest to the highest
   * @param backoff the wait before each try as a duration of Go with its unit, such as {@code
   *     300ms}, {@code 30s}, {@code 1h30m} or {@code 1d}
   * @param repeat how often the step is tried, 1 at least
   * @return the step
   * @throws IllegalArgumentException when the backoff is no duration; one that is a duration and
   *     cannot serve, as a negative one, is told of when the runner is built
   */
  public static RetryStep of(int index, String backoff, int repeat) {
    try {
      return new RetryStep(index, backoff, GoDuration.parse(backoff), repeat);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("backoff of retry step " + index + ": " + e.getMessage());
    }
  }
}
