package run.algo.sdk.kafka.internal.execute;

import run.algo.sdk.kafka.internal.record.Failure;

/** Which failures are tried again. */
public final class FailureClasses {

  /** What is done about a failure. */
  enum Verdict {
    RETRY,
    DEAD_LETTER,
    HALT
  }

  Verdict of(Failure failure) {
    return switch (failure.reason()) {
      case ALGO, TIMEOUT, STORAGE -> Verdict.RETRY;
      default -> Verdict.DEAD_LETTER;
    };
  }
}
