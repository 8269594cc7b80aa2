package run.algo.sdk.kafka.internal.execute;

import run.algo.sdk.kafka.internal.record.Failure;

/**
 * Finds the outcome of a failed record. The seam for retries and parking: they are further
 * handlers, chosen per input when the runner starts.
 */
interface FailureHandler {

  /**
   * Takes over a failed record. May block, so it is called on a worker only; must end in the
   * record's outcome or in a blockage, and must not throw.
   *
   * @param execution the record
   * @param failure why it failed
   */
  void failed(Execution execution, Failure failure);
}
