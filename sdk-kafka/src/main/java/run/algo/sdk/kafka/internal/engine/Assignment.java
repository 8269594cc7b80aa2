package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/**
 * The partitions that are this runner's, and how they come and go. Changed by the owner thread
 * alone; {@link #halts} may be read from any.
 */
final class Assignment implements ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(Assignment.class);

  private static final Comparator<TopicPartition> BY_NAME =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  private static final Comparator<PartitionFlow> BY_PARTITION =
      Comparator.comparing(PartitionFlow::partition, BY_NAME);

  /** For the commit of revoked partitions. */
  static final Duration LEAST_COMMIT = Duration.ofSeconds(1);

  /** The owner thread's: a poll's records find their flow by it. */
  private final Map<TopicPartition, PartitionFlow> flows = new HashMap<>();

  /** The same flows by name; made anew with each change, so that any thread may go through it. */
  private volatile List<PartitionFlow> inOrder = List.of();

  private final Flows factory;
  private final Commits commits;
  private final OwnerSignal signal;
  private final MonotonicClock clock;
  private final EnginePlan plan;
  private final Gathers gathers;
  private final Runnable onAssigned;
  private boolean suspended;
  private long assigned;
  private long revoked;
  private long lost;

  /** Makes the flow of a newly assigned partition. */
  interface Flows {
    PartitionFlow create(PartitionFlow.Seat seat);
  }

  Assignment(
      Flows factory,
      Commits commits,
      OwnerSignal signal,
      MonotonicClock clock,
      EnginePlan plan,
      Gathers gathers,
      Runnable onAssigned) {
    this.factory = factory;
    this.commits = commits;
    this.signal = signal;
    this.clock = clock;
    this.plan = plan;
    this.gathers = gathers;
    this.onAssigned = onAssigned;
  }

  /** {@return all flows, in the order of their partitions} */
  List<PartitionFlow> flows() {
    return inOrder;
  }

  /** {@return the flow of a partition; null when it is not this runner's} */
  @Nullable PartitionFlow flow(TopicPartition partition) {
    return flows.get(partition);
  }

  private List<PartitionFlow> those(Collection<TopicPartition> partitions) {
    return partitions.stream().map(flows::get).filter(Objects::nonNull).toList();
  }

  /** How often partitions came and went. */
  RunnerView.Rebalances rebalances() {
    return new RunnerView.Rebalances(assigned, revoked, lost);
  }

  /** Why which partitions are halted. From any thread. */
  Map<TopicPartition, HaltReport> halts() {
    Map<TopicPartition, HaltReport> halts = new TreeMap<>(BY_NAME);
    for (PartitionFlow flow : inOrder) {
      flow.halted().ifPresent(report -> halts.put(flow.partition(), report));
    }
    return halts;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    assigned++;
    if (!partitions.isEmpty()) {
      Map<TopicPartition, SettledOffsets> settled = commits.settledAhead(partitions);
      for (TopicPartition partition : partitions) {
        SettledOffsets before = settled.getOrDefault(partition, SettledOffsets.none(0));
        PartitionFlow flow =
            factory.create(
                new PartitionFlow.Seat(partition, before, commits.transactional(), gathers));
        flow.suspend(suspended);
        PartitionFlow old = flows.put(partition, flow);
        if (old != null) {
          // The coordinator gave again what it had not taken away: the old flow's time is over.
          old.abandon();
        }
      }
      changed();
      log.info("assigned {}, now {} partitions", partitions, flows.size());
    }
    onAssigned.run();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    revoked++;
    List<PartitionFlow> leaving = those(partitions);
    long deadline = clock.nanos() + plan.times().revokeTimeout().toNanos();
    drain(leaving, plan.times().revokeTimeout());
    Duration left = Duration.ofNanos(deadline - clock.nanos());
    // A drain that has taken all of it leaves the more to be saved by a commit.
    commits.commitSync(leaving, left.compareTo(LEAST_COMMIT) > 0 ? left : LEAST_COMMIT);
    int released = letGo(leaving);
    log.info("revoked {}, {} records left to the next owner", partitions, released);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    lost++;
    List<PartitionFlow> gone = those(partitions);
    int released = letGo(gone);
    log.warn("lost {}, {} records left to the next owner", partitions, released);
  }

  /** Lets go of all partitions at once: what is not settled is left to the next owner. */
  void abandon() {
    letGo(inOrder);
  }

  /** Whether all that was read is settled. */
  boolean allSettled() {
    return inOrder.stream().allMatch(PartitionFlow::settled);
  }

  /** Whether the broker has not confirmed all that is settled. */
  boolean anyToCommit() {
    return inOrder.stream().anyMatch(flow -> flow.toCommit().isPresent());
  }

  /** Begins no further execution in any partition until it is called with false. */
  void suspend(boolean now) {
    if (now != suspended) {
      suspended = now;
      inOrder.forEach(flow -> flow.suspend(now));
    }
  }

  /** Whether anything is read, from now on. */
  void reading(boolean now) {
    inOrder.forEach(flow -> flow.reading(now));
  }

  /**
   * Tells the partitions that await it where their records begin.
   *
   * @param positions knows, or gives a negative number
   */
  void begin(ToLongFunction<TopicPartition> positions) {
    for (PartitionFlow flow : inOrder) {
      if (flow.awaitsPosition()) {
        long position = positions.applyAsLong(flow.partition());
        if (position >= 0) {
          flow.beginsAt(position);
        }
      }
    }
  }

  /** After a change of the flows. */
  private void changed() {
    inOrder = flows.values().stream().sorted(BY_PARTITION).toList();
    shareOut();
  }

  private void shareOut() {
    if (!flows.isEmpty()) {
      EnginePlan.Share share = plan.execution().share(flows.size());
      inOrder.forEach(flow -> flow.limit(share));
    }
  }

  /** Leaves all partitions: ends what runs, within the timeout, and commits. */
  void leaveAll(Duration drainTimeout, Duration commitTimeout) {
    List<PartitionFlow> all = inOrder;
    boolean drained = drain(all, drainTimeout);
    commits.commitSync(all, commitTimeout);
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
    long deadline = clock.nanos() + timeout.toNanos();
    signal.draining(true);
    try {
      while (!leaving.stream().allMatch(PartitionFlow::quiet)) {
        long left = deadline - clock.nanos();
        if (left <= 0) {
          return false;
        }
        signal.await(this, left);
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
    changed();
    return released;
  }
}
