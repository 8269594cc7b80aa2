package run.algo.sdk.kafka.internal.observe.view;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One assigned partition at one moment. Immutable.
 *
 * @param input name of the input, in lower case; of a retry topic that of its input
 * @param topic the topic
 * @param partition its number
 * @param retries whether it is one of a retry topic
 * @param state what it does
 * @param why what keeps it from its work, for people; empty when nothing does
 * @param position the next offset to be read; -1 while it is not known
 * @param committed the committed offset; -1 while it is not known
 * @param lag records between the committed offset, or the first one that is not settled, and the
 *     end of the partition; empty while it is not known
 * @param lagSeconds age of the first record that is not settled, by its timestamp; 0 when all are
 * @param inFlight records read that have no outcome, without those that wait for a due time
 * @param bytes their bytes, with encoded emissions
 * @param oldest the record in flight that was read first
 * @param waiting what waits for a due time
 * @param parked what is parked
 * @param stuck whether nothing was settled for {@code ALGO_STUCK_AFTER} while work waited; the
 *     oldest record is then the one that stands in the way
 * @param idleSeconds for how long nothing was settled while work waited; 0 when nothing waits
 */
public record PartitionView(
    String input,
    String topic,
    int partition,
    boolean retries,
    State state,
    String why,
    long position,
    long committed,
    OptionalLong lag,
    double lagSeconds,
    int inFlight,
    long bytes,
    Optional<Slow> oldest,
    Waiting waiting,
    Parked parked,
    boolean stuck,
    double idleSeconds) {

  /** What a partition does. */
  public enum State {
    /** It reads and executes. */
    RUNNING,
    /** It reads nothing until what is in flight has become less. */
    FULL,
    /** Its parked records are read before its own flow. */
    RESTORING,
    /** The runner is paused or drains. */
    PAUSED,
    /** It executes nothing until somebody mends what stands in its way. */
    HALTED
  }

  /**
   * What waits for a due time.
   *
   * @param records how many
   * @param nextDueSeconds how far away the next due time is; 0 when it has passed, or none waits
   * @param lateSeconds for how long the one that is due first has been due; 0 when none is
   * @param inPlace how many records besides wait in their place to be executed again
   */
  public record Waiting(int records, double nextDueSeconds, double lateSeconds, int inPlace) {

    /** Nothing. */
    public static final Waiting NONE = new Waiting(0, 0, 0, 0);

    /** Of records of retry topics. */
    public Waiting(int records, double nextDueSeconds, double lateSeconds) {
      this(records, nextDueSeconds, lateSeconds, 0);
    }
  }

  /**
   * What is parked.
   *
   * @param keys how many keys
   * @param records how many records
   * @param oldestSeconds how long the oldest of them has been parked, as far as this runner knows
   */
  public record Parked(int keys, int records, double oldestSeconds) {

    /** Nothing. */
    public static final Parked NONE = new Parked(0, 0, 0);
  }
}
