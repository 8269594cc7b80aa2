package run.algo.sdk.kafka.internal.execute;

import run.algo.sdk.kafka.internal.record.FailureReason;

/** Thrown within the way of a record where the reason is not the stage's own. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final FailureReason reason;
  private final int attempts;

  Refusal(FailureReason reason, int attempts, String message) {
    super(message);
    this.reason = reason;
    this.attempts = attempts;
  }

  FailureReason reason() {
    return reason;
  }

  int attempts() {
    return attempts;
  }
}
