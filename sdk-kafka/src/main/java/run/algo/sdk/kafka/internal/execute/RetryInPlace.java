package run.algo.sdk.kafka.internal.execute;

import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.Tries;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryState;

/** The strategy Simple: the record waits where it is, and with it its order scope. */
final class RetryInPlace implements Retrier {

  @Override
  public void retry(Execution execution, Failure failure, RetryDecision.Retry retry) {
    RetryState next = new RetryState.After(retry.step().index(), retry.retryNum());
    execution.failedAgain(new Tries(failure.attempts(), next), retry.backoff());
  }
}
