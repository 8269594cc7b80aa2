package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps what is read and not settled within its bound, by pausing single partitions. Used by the
 * owner thread alone.
 *
 * <p>Each partition may have its share of the bound in flight, so a slow one pauses alone; and a
 * poll is only made while a full one still fits, so the bound holds to the record.
 */
final class FlowControl {

  private final Consumer<byte[], byte[]> consumer;
  private final OwnerSignal signal;
  private final int maxInFlight;
  private final int maxPollRecords;

  /**
   * Flow control.
   *
   * @param consumer the consumer whose partitions are paused
   * @param signal wakes the owner when paused partitions may go on
   * @param maxInFlight most records read and not settled
   * @param maxPollRecords most records that one poll brings
   */
  FlowControl(
      Consumer<byte[], byte[]> consumer, OwnerSignal signal, int maxInFlight, int maxPollRecords) {
    this.consumer = consumer;
    this.signal = signal;
    this.maxInFlight = maxInFlight;
    this.maxPollRecords = maxPollRecords;
  }

  /** Pauses what is over its share and resumes what has room again. Before each poll. */
  void apply(Collection<PartitionFlow> flows) {
    if (flows.isEmpty()) {
      return;
    }
    // Asked for first: a record that settles while we count is then seen by the next poll.
    signal.want();
    int total = 0;
    for (PartitionFlow flow : flows) {
      total += flow.inFlight();
    }
    // A full poll must fit: into the bound, and into the share of the one partition that fills it,
    // so that those that stand still never hold what belongs to those that flow.
    boolean full = total > roomFor(maxInFlight);
    int share = roomFor(maxInFlight / flows.size());
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    boolean anyPaused = false;
    for (PartitionFlow flow : flows) {
      int inFlight = flow.inFlight();
      // Once paused, until half of the share is free, so that a pause is worth its cost.
      boolean over = flow.paused() ? inFlight > share / 2 : inFlight > share;
      boolean now = full || over;
      if (now != flow.paused()) {
        (now ? pause : resume).add(flow.partition());
        flow.paused(now);
      }
      anyPaused |= now;
    }
    if (!pause.isEmpty()) {
      consumer.pause(pause);
    }
    if (!resume.isEmpty()) {
      consumer.resume(resume);
    }
    if (!anyPaused) {
      signal.dontWant();
    }
  }

  /** What may be in flight before a poll so that it is within the bound after it; 0 at least. */
  private int roomFor(int bound) {
    return Math.max(0, bound - maxPollRecords);
  }
}
