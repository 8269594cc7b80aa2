package run.algo.sdk.spi;

/**
 * Decides whether a failed record is tried again, and when. It decides only: waiting and carrying
 * the record to where it waits is the engine's part.
 *
 * <p>Thread-safe and without state of its own: the same state gives the same decision, save for the
 * wait where the plan has jitter, which is drawn anew each time.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RetryPolicy {

  /**
   * Decides on a failure.
   *
   * @param state how far the record's retries had come
   * @return the next try, or that there is none
   */
  RetryDecision onFailure(RetryState state);
}
