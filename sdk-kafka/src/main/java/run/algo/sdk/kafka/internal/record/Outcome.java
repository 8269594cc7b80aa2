package run.algo.sdk.kafka.internal.record;

/**
 * What became of a record. Each record that is read has exactly one outcome in the end, and its
 * offset is committed only after that outcome is durable.
 */
public enum Outcome {
  /** At least one output was written and acknowledged. */
  WRITTEN,
  /** The Algo succeeded and emitted nothing. */
  FILTERED,
  /** Handed to a retry topic. */
  RETRIED,
  /** Stored until its key may go on. */
  PARKED,
  /** Written to the dead letters. */
  DEAD_LETTERED,
  /** Not executed here: its partition moved on to another member. */
  RELEASED,
  /** Not executed here: another group's, or settled before a crash. */
  SKIPPED
}
