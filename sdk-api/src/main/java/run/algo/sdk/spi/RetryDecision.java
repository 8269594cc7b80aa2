package run.algo.sdk.spi;

import java.time.Duration;
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
   * @param step the step whose try it is
   * @param retryNum which try of that step it will be, from 1
   * @param backoff how long it waits from now, 0 or more: the step's backoff, drawn anew within the
   *     plan's jitter where there is any
   */
  record Retry(RetryStep step, int retryNum, Duration backoff) implements RetryDecision {

    /**
     * Checks the try.
     *
     * @throws IllegalArgumentException when the try or the wait cannot be; the message says which
     */
    public Retry {
      Objects.requireNonNull(step, "step");
      Objects.requireNonNull(backoff, "backoff");
      if (retryNum < 1) {
        throw new IllegalArgumentException(
            "retryNum counts from 1 within a step, it cannot be " + retryNum);
      }
      if (backoff.isNegative()) {
        throw new IllegalArgumentException(
            "the wait of a try of retry step " + step.index() + " is negative: " + backoff);
      }
    }

    /**
     * A try that waits the step's backoff.
     *
     * @param step the step whose try it is
     * @param retryNum which try of that step it will be, from 1
     * @throws IllegalArgumentException when the try cannot be
     */
    public Retry(RetryStep step, int retryNum) {
      this(step, retryNum, step.backoff());
    }
  }

  /** All steps are used up, or the budget is: it goes to the dead letters. */
  record Exhausted() implements RetryDecision {}
}
