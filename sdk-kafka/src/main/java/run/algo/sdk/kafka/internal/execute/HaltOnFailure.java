package run.algo.sdk.kafka.internal.execute;

import java.util.Optional;
import run.algo.sdk.kafka.internal.record.Failure;

/** Stops the partition at a failed record, and leaves the record where it is. */
final class HaltOnFailure implements FailureHandler {

  @Override
  public void failed(Execution execution, Failure failure) {
    execution.block(
        new Blockage(
            "record "
                + execution.position()
                + " failed ("
                + failure.reason().wireName()
                + ") and failures halt their partition",
            FailureLog.printable(failure.cause()),
            false,
            Optional.empty()));
  }
}
