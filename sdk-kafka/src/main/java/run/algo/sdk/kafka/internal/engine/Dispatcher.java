package run.algo.sdk.kafka.internal.engine;

/**
 * Decides which records of a partition run when, and on which worker. The seam for other orders: by
 * key, unordered.
 */
interface Dispatcher {

  /**
   * Takes over records, in the partition's order. On the owner thread; never blocks.
   *
   * @param batch the records
   */
  void dispatch(RecordBatch batch);

  /** Begins no further execution until {@link #resume}; executions under way go on. */
  void halt();

  /** Goes on after {@link #halt}. */
  void resume();

  /** Begins no further execution, for good; executions under way go on. */
  void stop();

  /**
   * How many records have been begun. Exact only while {@link #executing} is false after {@link
   * #stop}.
   *
   * @return the count since the dispatcher was made
   */
  long begun();

  /** {@return whether an execution is under way} */
  boolean executing();
}
