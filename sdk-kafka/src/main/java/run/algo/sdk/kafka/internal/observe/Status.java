package run.algo.sdk.kafka.internal.observe;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * All that the status page shows, as {@code /status.json} has it: the names here are the names
 * there, and what is empty is {@code null} there. Durations are in seconds, memory is in bytes.
 *
 * @param at when it was made
 * @param runner who this is and how it is
 * @param troubles what stands in the way, the worst first
 * @param stages how many records are where
 * @param history the last ten minutes
 * @param partitions those assigned, the ones in trouble first
 * @param ledger what was read and what became of it, by input
 * @param steps the retry steps
 * @param waiting what waits for a due time, by topic
 * @param parked what is parked, by topic
 * @param deadLetters who died of what
 * @param executions what is executed
 * @param resources memory, commits and transactions
 * @param settings the effective settings, secrets masked
 */
record Status(
    Instant at,
    Runner runner,
    List<Trouble> troubles,
    Stages stages,
    History history,
    List<Partition> partitions,
    List<Ledger> ledger,
    List<Step> steps,
    List<Waiting> waiting,
    List<Parked> parked,
    DeadLetters deadLetters,
    Executions executions,
    Resources resources,
    List<SettingValue> settings) {

  /**
   * Who this is.
   *
   * @param viewAge age of what the poll thread tells; empty before it has told anything
   */
  record Runner(
      String name,
      String deployment,
      String pipeline,
      String instance,
      String group,
      String sdk,
      String java,
      String state,
      boolean ready,
      boolean healthy,
      boolean assigned,
      String intake,
      double up,
      OptionalDouble viewAge) {}

  /**
   * What stands in the way.
   *
   * @param blocks whether something does not go on by itself, rather than less well
   */
  record Trouble(boolean blocks, String text) {}

  /** The way of a record, with how many are at each stage or have passed it. */
  record Stages(
      long read,
      long waiting,
      long executing,
      long written,
      long filtered,
      long retried,
      long parked,
      long deadLettered,
      long released,
      long skipped) {}

  /**
   * The last minutes, one number a second, the oldest first.
   *
   * @param rate records a second
   * @param runMedian from the read of a record to its outcome
   * @param algoMedian of the Algo alone
   * @param lag records behind
   */
  record History(
      List<OptionalDouble> rate,
      List<OptionalDouble> runMedian,
      List<OptionalDouble> runHigh,
      List<OptionalDouble> algoMedian,
      List<OptionalDouble> algoHigh,
      List<OptionalLong> lag,
      Minute minute) {}

  /** The last minute as a whole; a quantile is empty when nothing was executed. */
  record Minute(
      long executions,
      OptionalDouble rate,
      OptionalDouble runMedian,
      OptionalDouble runHigh,
      OptionalDouble algoMedian,
      OptionalDouble algoHigh) {}

  /**
   * An assigned partition.
   *
   * @param oldest how long ago the oldest record in flight was read, or was begun
   */
  record Partition(
      String input,
      String topic,
      int partition,
      boolean retries,
      String state,
      String why,
      boolean stuck,
      OptionalLong position,
      OptionalLong committed,
      OptionalLong lag,
      double lagSeconds,
      int inFlight,
      long bytes,
      OptionalDouble oldest,
      int waiting,
      int parkedKeys) {}

  /** {@code read} is the sum of all others. */
  record Ledger(
      String input,
      long read,
      long inFlight,
      long written,
      long filtered,
      long retried,
      long parked,
      long deadLettered,
      long released,
      long skipped) {}

  /**
   * A retry step.
   *
   * @param strategies of which kind, or kinds
   * @param backoff as configured; empty for a step that is not
   * @param repeat how often it tries at most; 0 for a step that is not configured
   * @param retried how many records it was given
   */
  record Step(int step, String strategies, String backoff, int repeat, long retried) {}

  /**
   * What waits for a due time in the partitions of a topic.
   *
   * @param nextDue how far away the next due time is; 0 when it has passed
   * @param late for how long the first has been due
   */
  record Waiting(String topic, boolean retries, long records, double nextDue, double late) {}

  /**
   * What is parked of the partitions of a topic.
   *
   * @param oldest how long the oldest has been
   */
  record Parked(String topic, long keys, long records, double oldest) {}

  /** Who died of what. */
  record DeadLetters(long total, List<Reason> reasons, List<Letter> latest) {}

  /** How many have died of a reason. */
  record Reason(String reason, long records) {}

  /** One of the latest; where it was first read, and what killed it. */
  record Letter(
      Instant at, String topic, int partition, long offset, String reason, String exception) {}

  /** What is executed. */
  record Executions(int running, int most, int abandoned, List<Execution> slowest) {}

  /**
   * A record that has been in flight for long.
   *
   * @param begun whether it is executed, rather than waiting for that
   * @param stack where its thread is, when it is stuck
   */
  record Execution(
      String topic,
      int partition,
      long offset,
      String trace,
      boolean begun,
      double seconds,
      String thread,
      List<String> stack) {}

  /** Memory, commits and transactions. */
  record Resources(
      long memory,
      long memoryBudget,
      long commits,
      long failedCommits,
      double commitAge,
      long transactions,
      long aborted) {}

  /** A setting. */
  record SettingValue(String name, String value) {}
}
