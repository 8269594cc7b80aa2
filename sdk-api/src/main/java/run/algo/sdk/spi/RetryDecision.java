package run.algo.sdk.spi;

import java.util.Objects;

/**
 * What becomes of a record that failed.
 *
 * @since 0.1.0
 */
public sealed interface RetryDecision {

  /**
   * It is executed again.
   *
   * @param step the step whose backoff it waits for
   * @param retryNum which try of that step it will be, from 1
   */
  record Retry(RetryStep step, int retryNum) implements RetryDecision {

    /** Checks the step. */
    public Retry {
      Objects.requireNonNull(step, "step");
    }
  }

  /** All steps are used up: it goes to the dead letters. */
  record Exhausted() implements RetryDecision {}
}
