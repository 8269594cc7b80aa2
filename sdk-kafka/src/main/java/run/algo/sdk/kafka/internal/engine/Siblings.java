package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of the same number of different inputs: where a trace has records in several
 * inputs, there they are. A consumer reads partitions in any order, so a trigger may be read before
 * records of its trace that were written before it to another input. It therefore waits until those
 * partitions have been read to the ends that they had when it was read, or, in a backlog, beyond
 * its time, as Kafka Streams does it for joins ({@code max.task.idle.ms}).
 *
 * <p>Ends are listed without regard to transactions: a record of one that is open is waited for.
 * Used by the owner thread alone.
 */
final class Siblings {

  private static final Logger log = LoggerFactory.getLogger(Siblings.class);

  private final boolean several;
  private final Ends ends;
  private final Positions positions;
  private final Supplier<Collection<PartitionFlow>> flows;
  private final Runnable wake;

  /** How many listings have been begun. */
  private long begun;

  /** A listing that is wanted, and cannot be begun before the one under way has ended. */
  private boolean another;

  private boolean underWay;

  /** The latest listing that has ended, and what it has brought. */
  private volatile @Nullable Listing latest;

  /**
   * A listing of ends.
   *
   * @param number its number, from 1
   * @param ends the offsets; empty when it has failed
   * @param failed whether it has
   */
  private record Listing(long number, Map<TopicPartition, Long> ends, boolean failed) {}

  /** Tells how far partitions are read. */
  interface Positions {

    /**
     * The offset of the next record that will be read. Never blocks.
     *
     * @param partition an assigned partition
     * @return the offset; -1 while it is not known
     */
    long of(TopicPartition partition);
  }

  /** Lists the ends of partitions. */
  interface Ends {

    /**
     * Lists the offsets after the last records, those of open transactions included. Never blocks.
     *
     * @param partitions the partitions
     * @return by partition
     */
    CompletionStage<Map<TopicPartition, Long>> list(Set<TopicPartition> partitions);
  }

  /**
   * Siblings.
   *
   * @param topics how many topics are read
   * @param ends lists ends
   * @param positions tells how far partitions are read
   * @param flows the partitions that are here
   * @param wake makes the owner look; from any thread
   */
  Siblings(
      int topics,
      Ends ends,
      Positions positions,
      Supplier<Collection<PartitionFlow>> flows,
      Runnable wake) {
    this.several = topics > 1;
    this.ends = ends;
    this.positions = positions;
    this.flows = flows;
    this.wake = wake;
  }

  /** Whether other inputs may have records of the traces of this partition. */
  boolean any(PartitionFlow flow) {
    return several && !of(flow).isEmpty();
  }

  private List<PartitionFlow> of(PartitionFlow flow) {
    List<PartitionFlow> siblings = new ArrayList<>();
    if (flow.route().isOfRetries()) {
      return siblings; // what was gathered is retried through one partition
    }
    for (PartitionFlow each : flows.get()) {
      if (each != flow
          && !each.route().isOfRetries()
          && each.partition().partition() == flow.partition().partition()) {
        siblings.add(each);
      }
    }
    return siblings;
  }

  /** What a trigger of a partition that was read just now must wait for. */
  Barrier barrier(PartitionFlow flow, long timestamp, long now) {
    Barrier barrier = new Barrier(this, of(flow), timestamp, begun + 1, now);
    another = true;
    return barrier;
  }

  /** Begins a listing if one is wanted. Once a turn. */
  void turn() {
    Listing ended = latest;
    if (ended != null && underWay && ended.number() == begun) {
      underWay = false;
      another |= ended.failed();
    }
    if (!another || underWay) {
      return;
    }
    another = false;
    underWay = true;
    long number = ++begun;
    Set<TopicPartition> partitions = new HashSet<>();
    flows.get().forEach(flow -> partitions.add(flow.partition()));
    var unused =
        ends.list(partitions)
            .whenComplete(
                (found, error) -> {
                  if (error != null) {
                    log.debug("the ends of the inputs cannot be listed; trying again", error);
                  }
                  latest = new Listing(number, error == null ? found : Map.of(), error != null);
                  wake.run();
                });
  }

  /** Whether a partition has been read to the end that a listing, or a later one, has found. */
  boolean readToEnd(PartitionFlow flow, long listing) {
    Listing known = latest;
    if (known == null || known.failed() || known.number() < listing) {
      return false;
    }
    Long end = known.ends().get(flow.partition());
    return end == null || positions.of(flow.partition()) >= end;
  }
}
