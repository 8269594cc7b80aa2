package run.algo.sdk.kafka.internal.observe.view;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A runner at one moment. Its owner thread makes one about once a second; whoever shows something
 * of the runner reads the latest, so nobody touches what belongs to that thread. Immutable.
 *
 * @param at when it was made; the ages of the view are up to then
 * @param assigned whether the group has assigned partitions yet, perhaps none
 * @param intake what is done about new records: {@code OPEN}, {@code PAUSED} or {@code DRAINING}
 * @param partitions those that are assigned, by topic and number
 * @param executions what is executed
 * @param memory bytes of records and encoded emissions in flight
 * @param commits how commits go
 * @param rebalances how often partitions came and went
 * @param unaccounted records of each input, by its name, that the ledger counts as in flight and no
 *     partition has, or negative the other way round: 0, or a defect
 */
public record RunnerView(
    Instant at,
    boolean assigned,
    String intake,
    List<PartitionView> partitions,
    Executions executions,
    Memory memory,
    Commits commits,
    Rebalances rebalances,
    Map<String, Long> unaccounted) {

  /** What is told before there is anything to tell. */
  public static final RunnerView NONE =
      new RunnerView(
          Instant.EPOCH,
          false,
          "OPEN",
          List.of(),
          new Executions(0, 0, List.of()),
          new Memory(0, 0),
          new Commits(0, 0, 0),
          new Rebalances(0, 0, 0),
          Map.of());

  /**
   * A view.
   *
   * @param at see above
   */
  public RunnerView {
    partitions = List.copyOf(partitions);
    unaccounted = Map.copyOf(unaccounted);
  }

  /**
   * What is executed.
   *
   * @param running records that are executed; of a batch, or of what was gathered, each
   * @param most how many executions there may be: {@code ALGO_CONCURRENCY}
   * @param slowest those that have been under way for at least a second, the slowest first, at most
   *     twenty
   */
  public record Executions(int running, int most, List<Slow> slowest) {

    /**
     * What is executed.
     *
     * @param running see above
     */
    public Executions {
      slowest = List.copyOf(slowest);
    }
  }

  /**
   * Memory.
   *
   * @param used bytes in flight
   * @param budget how many there may be: {@code ALGO_MEMORY_BUDGET}
   */
  public record Memory(long used, long budget) {}

  /**
   * Commits.
   *
   * @param confirmed how many the brokers have confirmed
   * @param failed how many have failed
   * @param ageSeconds for how long something that is settled has waited to be committed; 0 when
   *     nothing does
   */
  public record Commits(long confirmed, long failed, double ageSeconds) {}

  /**
   * Calls of the group's coordinator.
   *
   * @param assigned how often partitions were assigned
   * @param revoked how often some were taken away
   * @param lost how often some were lost, which the group gives to others without waiting
   */
  public record Rebalances(long assigned, long revoked, long lost) {}
}
