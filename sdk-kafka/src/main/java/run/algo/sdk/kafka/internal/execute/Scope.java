package run.algo.sdk.kafka.internal.execute;

/** What waits for an execution that is under way without a thread. */
public interface Scope {

  /**
   * Runs the rest of the execution on a worker, then lets the scope go on. From any thread, never
   * blocks; once for each {@link Progress#PENDING}, and not before that was decided.
   *
   * @param rest the rest: encodes, sends and settles, or fails
   */
  void resume(Runnable rest);
}
