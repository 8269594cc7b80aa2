package run.algo.sdk.kafka.internal.execute;

/** What waits for an execution that is in flight without a worker: its order scope. */
public interface Scope {

  /**
   * Runs the rest of the execution on a worker, then lets the scope go on. May be called from any
   * thread, an author's included, so it never blocks. Called exactly once for each {@link
   * Progress#PENDING}, and not before {@link RecordProcessor#process} has decided to return it;
   * that may be before it has returned.
   *
   * @param rest encodes and sends, or fails the record; throws an {@link
   *     org.apache.kafka.common.errors.InterruptException} when the runner closes, and the record
   *     then has no outcome
   * @param nanos how long the Algo was under way, in nanoseconds
   */
  void resume(Runnable rest, long nanos);

  /**
   * The call of the Algo has returned, on the thread that now calls this.
   *
   * @param nanos how long that thread was held by it and by what it waited for before, such as its
   *     input's payload
   */
  default void held(long nanos) {
    // Where it is the only one at work it does not matter.
  }
}
