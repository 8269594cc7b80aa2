package run.algo.sdk.kafka.internal.execute;

import java.util.Objects;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;

/** Thrown within the way of a record where the reason is not the stage's own. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final FailureReason reason;
  private final int attempts;

  /**
   * A refusal.
   *
   * @param reason what kind of failure it is
   * @param attempts executions begun
   * @param cause what the dead letter shows; this class is nobody's affair
   */
  Refusal(FailureReason reason, int attempts, Exception cause) {
    super(cause);
    this.reason = reason;
    this.attempts = attempts;
  }

  /**
   * The failure of a record.
   *
   * @param before executions of it before this one
   */
  Failure failure(int before) {
    return new Failure(reason, Objects.requireNonNull(getCause()), before + attempts);
  }
}
