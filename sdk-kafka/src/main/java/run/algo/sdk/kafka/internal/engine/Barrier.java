package run.algo.sdk.kafka.internal.engine;

import java.util.Collection;
import java.util.List;

/**
 * What triggers wait for: that the other inputs have been read as far as records of its trace may
 * lie there that were written before it. Used by the owner thread alone.
 */
final class Barrier {

  /** Clocks of producers may be so far apart, in milliseconds. */
  private static final long CLOCKS = 1_000;

  private final Siblings siblings;
  private final List<PartitionFlow> awaited;
  private final long timestamp;
  private final long listing;
  private final long since;
  private boolean reached;

  /**
   * A barrier.
   *
   * @param siblings knows their ends
   * @param awaited the same partitions of the other inputs
   * @param timestamp the latest trigger's
   * @param listing the first listing of ends that was begun after the triggers were read
   * @param since when they were read, in monotonic nanoseconds
   */
  Barrier(
      Siblings siblings,
      Collection<PartitionFlow> awaited,
      long timestamp,
      long listing,
      long since) {
    this.siblings = siblings;
    this.awaited = List.copyOf(awaited);
    this.timestamp = timestamp;
    this.listing = listing;
    this.since = since;
  }

  /** One for triggers of the same batch, this one's and a later one's. */
  Barrier and(Barrier later) {
    return new Barrier(
        siblings, later.awaited, Math.max(timestamp, later.timestamp), later.listing, since);
  }

  long since() {
    return since;
  }

  boolean reached() {
    if (!reached) {
      reached = awaited.stream().allMatch(this::passed);
    }
    return reached;
  }

  private boolean passed(PartitionFlow flow) {
    // In a backlog the end is far. What cannot be read on at the moment is believed to the
    // millisecond: else two partitions that are full could wait for each other.
    return flow.gone()
        || flow.latestTimestamp() > timestamp + (flow.paused() ? 0 : CLOCKS)
        || siblings.readToEnd(flow, listing);
  }
}
