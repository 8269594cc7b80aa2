package run.algo.sdk.kafka.internal.engine;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * One partition during one assignment: its tracker, its dispatcher, and whether it is halted. A
 * partition that goes and comes back gets a new flow, so nothing of an old assignment can reach the
 * new one.
 *
 * <p>Methods are for the owner thread unless they say otherwise.
 */
final class PartitionFlow {

  private final TopicPartition partition;
  private final Route route;
  private final OwnerSignal owner;
  private final OffsetTracker tracker = new OffsetTracker(-1);
  private final Dispatcher dispatcher;
  private final Halt halt;

  private long taken;
  private long committed = -1;
  private boolean paused;

  PartitionFlow(
      TopicPartition partition,
      Route route,
      OwnerSignal owner,
      Dispatcher dispatcher,
      HaltFactory halts) {
    this.partition = partition;
    this.route = route;
    this.owner = owner;
    this.dispatcher = dispatcher;
    this.halt = halts.create(partition, dispatcher);
  }

  /** Makes the halt of a partition. */
  interface HaltFactory {
    Halt create(TopicPartition partition, Dispatcher dispatcher);
  }

  TopicPartition partition() {
    return partition;
  }

  void accept(List<ConsumerRecord<byte[], byte[]>> records) {
    RecordBatch batch = new RecordBatch(this, records);
    route.counters().read(records.size());
    tracker.add(batch);
    taken += records.size();
    dispatcher.dispatch(batch);
  }

  /** The consumer has read up to this offset, markers of transactions included. */
  void position(long next) {
    tracker.position(next);
  }

  int inFlight() {
    return tracker.unsettled();
  }

  /** The offset to commit, empty when the broker has it already. */
  Optional<Long> toCommit() {
    long frontier = tracker.frontier();
    return frontier < 0 || frontier == committed ? Optional.empty() : Optional.of(frontier);
  }

  void committed(long offset) {
    committed = offset;
  }

  boolean paused() {
    return paused;
  }

  void paused(boolean now) {
    paused = now;
  }

  Optional<HaltReport> halted() {
    return halt.report();
  }

  /** Begins no further execution; what runs may end. */
  void stop() {
    dispatcher.stop();
    halt.close();
  }

  /** After {@link #stop}: whether all that was begun is settled, or halted for good. */
  boolean quiet() {
    if (dispatcher.executing()) {
      return false;
    }
    long unsettledBegun = dispatcher.begun() - (taken - tracker.unsettled());
    return unsettledBegun <= halt.blockedRecords();
  }

  /** Lets go of everything: what is not settled is another member's. */
  int abandon() {
    stop();
    int released = tracker.abandon();
    route.counters().settled(Outcome.RELEASED, released);
    return released;
  }

  /** A record, read at a monotonic time, was settled. From any thread. */
  void settled(
      Outcome outcome, ConsumerRecord<byte[], byte[]> record, long read, boolean worthLook) {
    byte[] value = record.value();
    int bytes = value == null ? 0 : value.length;
    route.counters().settled(outcome, bytes, bytes, System.nanoTime() - read);
    owner.settled(worthLook);
  }

  /** A record has no durable outcome for now. From any thread. */
  void blocked(ConsumerRecord<byte[], byte[]> record, Blockage blockage) {
    halt.blocked(record, blockage);
  }

  /** What was in a record's way is gone. From any thread. */
  void unblocked(long offset) {
    halt.unblocked(offset);
  }

  @Override
  public String toString() {
    return partition.toString();
  }
}
