package run.algo.sdk.spi;

/**
 * How far the retries of a record had come when it failed.
 *
 * @since 0.1.0
 */
public sealed interface RetryState {

  /** The record failed on its first execution. */
  record First() implements RetryState {}

  /**
   * The record failed on a retry.
   *
   * @param stepIndex index of the step that was tried (header {@code retryStepIndex}); the step may
   *     have left the config since
   * @param retryNum which try of that step it was (header {@code retryNum}), from 1
   */
  record After(int stepIndex, int retryNum) implements RetryState {

    /** Checks the try. */
    public After {
      if (retryNum < 1) {
        throw new IllegalArgumentException(
            "retryNum counts from 1 within a step, it cannot be " + retryNum);
      }
    }
  }
}
