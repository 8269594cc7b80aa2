package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that are this runner's, and how they come and go. Changed by the owner thread
 * alone; {@link #halts} may be read from any.
 */
final class Assignment implements ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(Assignment.class);

  private static final Comparator<TopicPartition> BY_NAME =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  private final Map<TopicPartition, PartitionFlow> flows = new ConcurrentSkipListMap<>(BY_NAME);
  private final FlowFactory factory;
  private final Committer committer;
  private final OwnerSignal signal;
  private final Duration revokeTimeout;
  private final Runnable onAssigned;

  /** Makes the flow of a newly assigned partition. */
  interface FlowFactory {
    PartitionFlow create(TopicPartition partition);
  }

  Assignment(
      FlowFactory factory,
      Committer committer,
      OwnerSignal signal,
      Duration revokeTimeout,
      Runnable onAssigned) {
    this.factory = factory;
    this.committer = committer;
    this.signal = signal;
    this.revokeTimeout = revokeTimeout;
    this.onAssigned = onAssigned;
  }

  Collection<PartitionFlow> flows() {
    return flows.values();
  }

  Optional<PartitionFlow> flow(TopicPartition partition) {
    return Optional.ofNullable(flows.get(partition));
  }

  /** Why which partitions are halted. From any thread. */
  Map<TopicPartition, HaltReport> halts() {
    Map<TopicPartition, HaltReport> halts = new TreeMap<>(BY_NAME);
    for (PartitionFlow flow : flows.values()) {
      flow.halted().ifPresent(report -> halts.put(flow.partition(), report));
    }
    return halts;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      PartitionFlow old = flows.put(partition, factory.create(partition));
      if (old != null) {
        // The coordinator gave again what it had not taken away: the old flow's time is over.
        old.abandon();
      }
    }
    if (!partitions.isEmpty()) {
      log.info("assigned {}, now {} partitions", partitions, flows.size());
    }
    onAssigned.run();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    List<PartitionFlow> revoked = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      flow(partition).ifPresent(revoked::add);
    }
    drain(revoked, revokeTimeout);
    committer.commitSync(revoked, revokeTimeout);
    int released = letGo(revoked);
    log.info("revoked {}, {} records left to the next owner", partitions, released);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    List<PartitionFlow> lost = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      flow(partition).ifPresent(lost::add);
    }
    int released = letGo(lost);
    log.warn("lost {}, {} records left to the next owner", partitions, released);
  }

  /** Leaves all partitions: ends what runs, within the timeout, and commits. */
  void leaveAll(Duration drainTimeout, Duration commitTimeout) {
    List<PartitionFlow> all = new ArrayList<>(flows.values());
    boolean drained = drain(all, drainTimeout);
    committer.commitSync(all, commitTimeout);
    int released = letGo(all);
    log.info(
        "left {} partitions{}, {} records left to the next owner",
        all.size(),
        drained ? "" : " before all executions had ended",
        released);
  }

  /**
   * Begins no further execution and waits until those under way are settled. The one wait that the
   * owner thread makes.
   */
  private boolean drain(List<PartitionFlow> leaving, Duration timeout) {
    leaving.forEach(PartitionFlow::stop);
    long deadline = System.nanoTime() + timeout.toNanos();
    signal.draining(true);
    try {
      while (!leaving.stream().allMatch(PartitionFlow::quiet)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        OwnerSignal.await(this, left);
      }
      return true;
    } finally {
      signal.draining(false);
    }
  }

  private int letGo(List<PartitionFlow> leaving) {
    int released = 0;
    for (PartitionFlow flow : leaving) {
      released += flow.abandon();
      flows.remove(flow.partition());
    }
    return released;
  }
}
