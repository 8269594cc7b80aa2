package run.algo.sdk.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * One step of a retry strategy.
 *
 * @param index its place among the steps: they run from the lowest to the highest, whatever their
 *     order in the config
 * @param backoff how long a try waits; not negative
 * @param repeat how often the step is tried; below 1 counts as 1
 * @since 0.1.0
 */
public record RetryStep(int index, Duration backoff, int repeat) {

  /** Checks the backoff. */
  public RetryStep {
    Objects.requireNonNull(backoff, "backoff");
    if (backoff.isNegative()) {
      throw new IllegalArgumentException(
          "the backoff of retry step " + index + " is negative: " + backoff);
    }
  }

  /**
   * How often the step is tried.
   *
   * @return {@code repeat}, at least 1
   */
  public int tries() {
    return Math.max(1, repeat);
  }
}
