package run.algo.sdk.kafka;

/**
 * The life of a runner: {@link #NEW}, {@link #STARTING}, {@link #RUNNING}, to and fro between that
 * and {@link #DRAINING} and {@link #PAUSED}, then {@link #CLOSING} and {@link #CLOSED}, or {@link
 * #FAILED} from any but the first. One that is closed or has failed may be started again.
 *
 * @since 0.1.0
 */
public enum RunnerState {
  /** Built, not started. */
  NEW,
  /** Connecting, preparing topics, joining the group. */
  STARTING,
  /** The group has assigned partitions, perhaps none, at least once; records are read. */
  RUNNING,
  /** Reads nothing more and executes what was read, as {@link AlgoRunner#drain} asked for. */
  DRAINING,
  /**
   * Reads nothing and begins no execution, as {@link AlgoRunner#pause} asked for, or because a
   * drain has ended; stays in the group.
   */
  PAUSED,
  /** Ending executions under way, committing, leaving the group. */
  CLOSING,
  /** Closed; everything that was settled is committed. */
  CLOSED,
  /** Ended by an error that no waiting mends; see {@link AlgoRunner#failure()}. */
  FAILED;

  /** Whether there is nothing under way: it may be started. */
  boolean restful() {
    return this == NEW || this == CLOSED || this == FAILED;
  }

  /** Whether it has been started and not been told to end. */
  boolean alive() {
    return !restful() && this != CLOSING;
  }
}
