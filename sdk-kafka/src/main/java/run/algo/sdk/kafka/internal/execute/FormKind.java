package run.algo.sdk.kafka.internal.execute;

/** How an Algo takes its records. */
public enum FormKind {
  /** One record, on a worker from begin to end. */
  SYNC,
  /** One record, in flight without a thread. */
  ASYNC,
  /** Several records at once. */
  BATCH
}
