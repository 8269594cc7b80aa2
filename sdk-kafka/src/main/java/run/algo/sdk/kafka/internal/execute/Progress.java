package run.algo.sdk.kafka.internal.execute;

/** How a record's execution stands when the processor returns. */
public enum Progress {
  /** It has ended: its order scope may go on. */
  ENDED,
  /** It is under way without a thread: the scope waits until {@link Scope#resume}. */
  PENDING
}
