package run.algo.sdk.kafka.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * Decides which records of a partition run when: the seam for the orders. An execution is begun
 * with {@link RecordBatch#begin}, so that whoever stops the dispatcher can tell what is under way.
 */
interface Dispatcher {

  /**
   * Takes over records, in the partition's order. On the owner thread; never blocks.
   *
   * @param batch the records; what is settled or held among them is passed over
   */
  void dispatch(RecordBatch batch);

  /**
   * Begins no further execution until it is called with false; executions under way go on. From any
   * thread.
   *
   * @param now whether the partition is halted
   */
  void halt(boolean now);

  /**
   * As {@link #halt}, for the runner as a whole; the two do not lift each other.
   *
   * @param now whether the runner is paused
   */
  void pause(boolean now);

  /** Begins no further execution, for good; executions under way go on. */
  void stop();

  /**
   * Bounds how many executions of this partition there may be at once.
   *
   * @param share the bounds
   */
  void limit(EnginePlan.Share share);

  /** Whether there is one execution at a time, whatever waits. */
  default boolean isSerial() {
    return false;
  }

  /** The gate in front of it where records wait for their due times, null where they do not. */
  default @Nullable DueDispatcher gate() {
    return null;
  }
}
