package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps what is read and not settled within its bounds, in records and in bytes, by pausing single
 * partitions. Used by the owner thread alone.
 *
 * <p>Each partition may have its share of a bound in flight, so a slow one pauses alone; and a poll
 * is only made while a full one still fits. For records that holds to the record. For bytes a full
 * poll is what one fetch may bring ({@code fetch.max.bytes}); where compression, or a batch above
 * that size, brings more, the bound is passed by so much, once. A partition with nothing in flight
 * is never paused for bytes: so partitions that stand still, full, cannot starve the others, and a
 * record larger than every bound is still read.
 */
final class FlowControl {

  private final Consumer<byte[], byte[]> consumer;
  private final OwnerSignal signal;
  private final EnginePlan.Bounds bounds;

  /** Nothing may be read by the next poll. */
  private boolean full;

  /**
   * Flow control.
   *
   * @param consumer the consumer whose partitions are paused
   * @param signal wakes the owner when paused partitions may go on
   * @param bounds what may be in flight
   */
  FlowControl(Consumer<byte[], byte[]> consumer, OwnerSignal signal, EnginePlan.Bounds bounds) {
    this.consumer = consumer;
    this.signal = signal;
    this.bounds = bounds;
  }

  /**
   * Begins what there is room for again, pauses what is over its share and resumes what is not.
   * Before each poll.
   *
   * @param flows the partitions
   * @param reading whether the runner reads at all at the moment
   */
  void apply(Collection<PartitionFlow> flows, boolean reading) {
    full = !reading;
    if (flows.isEmpty()) {
      return;
    }
    // Asked for first: a record that settles while we count is then seen by the next poll.
    signal.want();
    int total = 0;
    long totalBytes = 0;
    for (PartitionFlow flow : flows) {
      flow.dispatchHeld();
      total += flow.inFlight();
      totalBytes += flow.bytesInFlight();
    }
    // A full poll must fit: into the bound, and into the share of the one partition that fills it,
    // so that those that stand still never hold what belongs to those that flow.
    full |= total > roomFor(bounds.records());
    boolean heavy = totalBytes > bounds.bytes() - bounds.pollBytes();
    Share share =
        new Share(
            roomFor(bounds.records() / flows.size()),
            (bounds.bytes() - bounds.pollBytes()) / flows.size());
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    boolean anyWaits = false;
    for (PartitionFlow flow : flows) {
      boolean now = full || flow.holdsBack() || share.exceeded(flow, heavy);
      if (now != flow.paused()) {
        (now ? pause : resume).add(flow.partition());
        flow.paused(now);
      }
      anyWaits |= now;
    }
    if (!pause.isEmpty()) {
      consumer.pause(pause);
    }
    if (!resume.isEmpty()) {
      consumer.resume(resume);
    }
    if (!anyWaits) {
      signal.dontWant();
    }
  }

  /**
   * A poll that assigns a partition may bring its records at once: not when nothing may be read.
   *
   * @param flow the new partition's, of which the consumer knows already
   * @return the same
   */
  PartitionFlow admit(PartitionFlow flow) {
    if (full) {
      consumer.pause(List.of(flow.partition()));
      flow.paused(true);
    }
    return flow;
  }

  /** What one partition may have in flight. */
  private record Share(int records, long bytes) {

    boolean exceeded(PartitionFlow flow, boolean heavy) {
      int inFlight = flow.inFlight();
      if (inFlight == 0) {
        return false;
      }
      // Once paused, until half of the share is free, so that a pause is worth its cost.
      int part = flow.paused() ? 2 : 1;
      return heavy || inFlight > records / part || flow.bytesInFlight() > bytes / part;
    }
  }

  /** What may be in flight before a poll so that it is within the bound after it; 0 at least. */
  private int roomFor(int bound) {
    return Math.max(0, bound - bounds.pollRecords());
  }
}
