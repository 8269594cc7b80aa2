package run.algo.sdk.kafka;

/**
 * The life of a runner, in this order; it ends in one of the last two.
 *
 * @since 0.1.0
 */
public enum RunnerState {
  /** Built, not started. */
  NEW,
  /** Connecting, preparing topics, joining the group. */
  STARTING,
  /** The group has assigned partitions, perhaps none, at least once. */
  RUNNING,
  /** Ending executions under way, committing, leaving the group. */
  CLOSING,
  /** Closed; everything that was settled is committed. */
  CLOSED,
  /** Ended by an error that no waiting mends; see {@link AlgoRunner#failure()}. */
  FAILED
}
