package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import run.algo.sdk.kafka.internal.observe.TransactionCounters;

/** A member's real {@link TransactionLane}s, and what stands for their threads and their broker. */
final class SimLanes {

  private final SimMember member;
  private final SimWorld world;
  private final TransactionCounters counters = new TransactionCounters();
  private final List<Lane> lanes;
  private final PlantedTransactions plants;

  /**
   * Lanes.
   *
   * @param member whose
   * @param instance the name that its producers bear
   */
  SimLanes(SimMember member, String instance) {
    this.member = member;
    this.world = member.world;
    this.lanes = List.of(new Lane(instance + "-0"), new Lane(instance + "-1"));
    this.plants = new PlantedTransactions(world.plant);
  }

  Commits.Factory commits() {
    return (consumer, signal, bounds, gathers) ->
        plants.in(
            new Transactions(
                consumer,
                signal,
                lanes.stream().map(lane -> lane.real).toList(),
                bounds,
                world.time,
                gathers));
  }

  void open() {
    lanes.forEach(lane -> lane.real.open());
  }

  /** As the engine does it: what runs is not waited for for ever, the rest is closed. */
  void close() {
    lanes.forEach(Lane::close);
  }

  long replacements() {
    return counters.replacements();
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Iterable<TopicPartition> partitions) {
    world.lookups++;
    if (world.chance(300)) {
      world.elsewhere(3);
    }
    if (member.vanished() || world.faulty(world.schedule.failingCommits / 2)) {
      throw new TimeoutException("no answer to the look");
    }
    Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
    for (TopicPartition partition : partitions) {
      if (!world.transactions.isStable(partition.partition())) {
        throw new TimeoutException("a transaction is open");
      }
      OffsetAndMetadata commit = world.log.committed[partition.partition()];
      if (commit != null) {
        found.put(partition, commit);
      }
    }
    return found;
  }

  /** A lane and its thread: a step at a time, also while a step waits for the broker. */
  private final class Lane implements Executor {
    private final TransactionLane real;
    private final ArrayDeque<Runnable> steps = new ArrayDeque<>();
    private boolean busy;
    private boolean closed;

    Lane(String id) {
      real =
          new TransactionLane(
              id,
              () -> new ModelTransactionalProducer(member, id),
              SimLanes.this::committed,
              this,
              member,
              counters);
    }

    @Override
    public void execute(Runnable step) {
      if (closed) {
        throw new RejectedExecutionException("closed");
      }
      steps.add(step);
      if (!busy) {
        busy = true;
        member.execute(this::next);
      }
    }

    private void next() {
      Runnable step = steps.poll();
      if (step == null) {
        busy = false; // it has been closed
        return;
      }
      plants.beforeStep();
      step.run();
      busy = !steps.isEmpty();
      if (busy) {
        member.execute(this::next);
      }
    }

    void close() {
      closed = true;
      steps.clear();
      if (!busy) {
        real.close(Duration.ofSeconds(2));
      }
    }
  }
}
