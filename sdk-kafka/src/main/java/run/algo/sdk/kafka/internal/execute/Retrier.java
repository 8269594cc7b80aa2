package run.algo.sdk.kafka.internal.execute;

import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.spi.RetryDecision;

/**
 * Carries a failed record to where it waits for its next try: the seam for the retry strategies.
 */
interface Retrier {

  /**
   * Takes over a failed record that is to be tried again. On a worker; must not throw.
   *
   * @param execution the record, or several with one outcome
   * @param failure why it failed
   * @param retry which try comes next, and how long it waits
   */
  void retry(Execution execution, Failure failure, RetryDecision.Retry retry);
}
