package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import run.algo.sdk.kafka.config.Ordering;

/**
 * What an engine is told by its settings. Immutable.
 *
 * @param execution how records are executed
 * @param bounds what may be in flight
 * @param times intervals and deadlines
 */
public record EnginePlan(Execution execution, Bounds bounds, Times times) {

  /**
   * How records are executed.
   *
   * @param ordering which of them one at a time
   * @param concurrency most executions at once, of all partitions together
   * @param batchSize most records of an execution of the batch form
   * @param batchLinger how long the first record of such an execution waits for others
   */
  public record Execution(Ordering ordering, int concurrency, int batchSize, Duration batchLinger) {

    /** The same in another order. */
    Execution with(Ordering other) {
      return new Execution(other, concurrency, batchSize, batchLinger);
    }

    /**
     * How many executions one of so many partitions may have at once. Half of what there may be is
     * reserved, in equal parts, so that a partition whose records take long leaves the others what
     * they need; the other half is for whoever comes. With less than two for each nothing can be
     * reserved without leaving it idle.
     *
     * <p>A partition that takes much longer than the others, or has not shown yet that it does not,
     * has a tenth of its equal part while others wait: slow partitions together then leave the
     * others nine tenths of what there is, or all but one for each where that is more.
     *
     * @param partitions assigned partitions, 1 at least
     * @return the share of each
     */
    Share share(int partitions) {
      int reserved = concurrency / (2 * partitions);
      int most = concurrency - (partitions - 1) * reserved;
      int least = partitions == 1 ? most : Math.max(1, concurrency / (10 * partitions));
      return new Share(least, most);
    }
  }

  /**
   * How many executions a partition may have at once.
   *
   * @param least always
   * @param most ever; what lies between has to be earned
   */
  public record Share(int least, int most) {

    /**
     * A share that need not be earned.
     *
     * @param executions always and at most
     * @return the share
     */
    static Share of(int executions) {
      return new Share(executions, executions);
    }
  }

  /**
   * What may be in flight: read and not settled.
   *
   * @param records most records
   * @param pollRecords most records that one poll brings
   * @param bytes most bytes of values, keys and encoded emissions
   * @param pollBytes most bytes that one fetch brings
   */
  public record Bounds(int records, int pollRecords, long bytes, long pollBytes) {}

  /**
   * Intervals and deadlines.
   *
   * @param commitInterval time between commits
   * @param revokeTimeout most time for the drain of revoked partitions
   * @param shutdownTimeout most time for the drain when the runner closes
   * @param lastCommit most time for the last commit
   * @param pausePatience how long a partition may have too much in flight before it is paused
   * @param gatherTimeout how long a record is held for its trigger
   * @param stuckAfter how long nothing may be settled while there is work
   */
  public record Times(
      Duration commitInterval,
      Duration revokeTimeout,
      Duration shutdownTimeout,
      Duration lastCommit,
      Duration pausePatience,
      Duration gatherTimeout,
      Duration stuckAfter) {

    /** Longer than an acknowledgement usually takes, shorter than anybody notices. */
    private static final Duration PAUSE_PATIENCE = Duration.ofMillis(10);

    /** Of {@code ALGO_GATHER_TIMEOUT}. */
    private static final Duration GATHER_TIMEOUT = Duration.ofMinutes(10);

    /** Of {@code ALGO_STUCK_AFTER}. */
    private static final Duration STUCK_AFTER = Duration.ofMinutes(5);

    /**
     * As the canonical one, with the usual patience and timeouts.
     *
     * @param commitInterval time between commits
     * @param revokeTimeout most time for the drain of revoked partitions
     * @param shutdownTimeout most time for the drain when the runner closes
     * @param lastCommit most time for the last commit
     */
    public Times(
        Duration commitInterval,
        Duration revokeTimeout,
        Duration shutdownTimeout,
        Duration lastCommit) {
      this(
          commitInterval,
          revokeTimeout,
          shutdownTimeout,
          lastCommit,
          PAUSE_PATIENCE,
          GATHER_TIMEOUT,
          STUCK_AFTER);
    }

    /**
     * The same with another patience.
     *
     * @param patience how long a partition may have too much in flight before it is paused
     * @return new times
     */
    public Times pausePatience(Duration patience) {
      return new Times(
          commitInterval,
          revokeTimeout,
          shutdownTimeout,
          lastCommit,
          patience,
          gatherTimeout,
          stuckAfter);
    }

    /**
     * The same with another gather timeout.
     *
     * @param timeout how long a record is held for its trigger
     * @return new times
     */
    public Times gatherTimeout(Duration timeout) {
      return new Times(
          commitInterval,
          revokeTimeout,
          shutdownTimeout,
          lastCommit,
          pausePatience,
          timeout,
          stuckAfter);
    }

    /**
     * The same with another time without progress.
     *
     * @param time how long nothing may be settled while there is work
     * @return new times
     */
    public Times stuckAfter(Duration time) {
      return new Times(
          commitInterval,
          revokeTimeout,
          shutdownTimeout,
          lastCommit,
          pausePatience,
          gatherTimeout,
          time);
    }

    /** {@return how long a turn may take when all is well: a poll, or a revocation's drain} */
    public Duration longestTurn() {
      return commitInterval
          .plus(revokeTimeout)
          .plus(Assignment.LEAST_COMMIT)
          .plus(PollLoop.ERROR_BACKOFF);
    }
  }
}
