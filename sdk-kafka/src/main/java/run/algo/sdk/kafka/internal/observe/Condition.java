package run.algo.sdk.kafka.internal.observe;

/** How a runner is, as far as a restart could help it. Times are of the monotonic clock. */
public sealed interface Condition {

  /** Nothing a restart could mend: it starts, waits for brokers, closes or has closed. */
  record Calm() implements Condition {}

  /**
   * Its poll thread ought to turn again and again.
   *
   * @param lastTurn when the latest turn began, in nanoseconds
   */
  record Turning(long lastTurn) implements Condition {}

  /**
   * Abandoned executions keep more threads than they should.
   *
   * @param since since when, in nanoseconds
   * @param running how many executions
   * @param limit how many there may be
   * @param otherwise how the runner is beside that
   */
  record Overrun(long since, int running, int limit, Condition otherwise) implements Condition {}

  /**
   * Its producer can write nothing any more, and no other has worked since.
   *
   * @param since since when, in nanoseconds
   * @param error the error's type; its message could tell a secret
   * @param otherwise how the runner is beside that
   */
  record Producerless(long since, String error, Condition otherwise) implements Condition {}

  /**
   * It has ended by an error.
   *
   * @param since when, in nanoseconds
   * @param error the error's type; its message could tell a secret
   */
  record Failed(long since, String error) implements Condition {}
}
