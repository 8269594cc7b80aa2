package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps what is read and not settled within its bounds, in records and in bytes, by pausing single
 * partitions. Used by the owner thread alone.
 *
 * <p>Half of each bound is reserved for the partitions in equal parts, the other half is for
 * whoever comes: a consumer brings the records of one partition after the other, and what is
 * acknowledged late is as much as was sent meanwhile. Of that half, partitions that stand still,
 * having more in flight beyond their own part than they have settled lately, take nothing.
 *
 * <p>A partition is not paused at once, but when it has been over its bound for some time: what is
 * paused is left out of the fetch that then waits at the broker for the others, and comes back with
 * the next one, up to {@code fetch.max.wait.ms} later. One whose records are settled quickly has
 * room again much sooner, so the owner rather waits for that, and polls nothing: a little while for
 * each, longer for one that is known to settle as much as that in no longer.
 *
 * <p>Records that come one at a time are not read further while there is enough of them for some
 * time, and they are large: what is read early only waits, and grows old in the heap, and what is
 * executed early fills the producer's buffer, so that the next one waits within {@code send}.
 *
 * <p>A poll is only made while a full one still fits. For records that holds to the record. For
 * bytes a full poll is what one fetch may bring ({@code fetch.max.bytes}); where several brokers
 * answer at once, or compression, or a batch above that size, brings more, the bound is passed by
 * so much, once. A partition with nothing in flight is never paused for bytes: so partitions that
 * stand still, full, cannot starve the others, and a record larger than every bound is still read.
 */
final class FlowControl {

  /**
   * For what only waits for its transaction, in nanoseconds: what a pause may cost, which is the
   * default of {@code fetch.max.wait.ms}. Transactions take longer than acknowledgements.
   */
  private static final long COMMIT_PATIENCE = 500_000_000;

  /**
   * For a partition that settles so quickly that it will have room before this is over, in
   * nanoseconds: what is in flight of it may not last as long as a pause does, and whoever waits
   * meanwhile for records of others would wait for those of this one in any case.
   */
  private static final long ROOM_PATIENCE = 200_000_000;

  /**
   * Bytes in flight that are enough where nothing is gained by reading further. Less than the 32 MB
   * of {@code buffer.memory}, the producer's default: with more on its way an execution waits.
   */
  static final long ENOUGH = 24L << 20;

  /** How long it is read on after a wait that has not helped, in nanoseconds. */
  private static final long READ_ON = 10_000_000_000L;

  private final Consumer<byte[], byte[]> consumer;
  private final OwnerSignal signal;
  private final EnginePlan.Bounds bounds;
  private final MonotonicClock clock;
  private final long patience;

  /** Whether a partition that may be read no more is not paused yet, and since when. */
  private boolean waiting;

  private long waitingSince;

  /** Whether it was waited in vain for less in flight than enough, and when. */
  private boolean inVain;

  private long inVainSince;

  /** What the owner can do. */
  enum Verdict {
    /** A poll may bring something. */
    POLL,
    /** A poll may bring what there is no room for; there soon will be. */
    WAIT,
    /** A poll brings nothing: all is paused. */
    REST
  }

  /**
   * Flow control.
   *
   * @param consumer the consumer whose partitions are paused
   * @param signal wakes the owner when paused partitions may go on
   * @param bounds what may be in flight
   * @param clock tells how long a partition has been over its bound
   * @param patience how long it may be before it is paused
   */
  FlowControl(
      Consumer<byte[], byte[]> consumer,
      OwnerSignal signal,
      EnginePlan.Bounds bounds,
      MonotonicClock clock,
      Duration patience) {
    this.consumer = consumer;
    this.signal = signal;
    this.bounds = bounds;
    this.clock = clock;
    this.patience = patience.toNanos();
  }

  /**
   * Begins what there is room for again, pauses what may not be read and resumes what may. Before
   * each poll.
   *
   * @param flows the partitions
   * @param reading whether the runner reads at all at the moment
   * @param mayWait whether the owner can wait instead of polling
   * @return what to do
   */
  Verdict apply(Collection<PartitionFlow> flows, boolean reading, boolean mayWait) {
    if (flows.isEmpty()) {
      return Verdict.POLL; // it may bring an assignment
    }
    // Asked for first: a record that settles while we count is then seen by the next poll.
    signal.want();
    Load load = new Load(flows);
    List<PartitionFlow> pause = new ArrayList<>();
    List<PartitionFlow> resume = new ArrayList<>();
    int paused = 0;
    for (PartitionFlow flow : flows) {
      boolean now = !reading || flow.holdsBack() || load.exceededBy(flow);
      if (now != flow.paused()) {
        (now ? pause : resume).add(flow);
      }
      if (now) {
        paused++;
      }
    }
    if (!pause.isEmpty()) {
      if (reading && mayWait && hasPatience(pause)) {
        return Verdict.WAIT;
      }
      consumer.pause(marked(pause, true));
    }
    if (!resume.isEmpty()) {
      consumer.resume(marked(resume, false));
    }
    if (reading && mayWait && paused < flows.size() && isEnough(load, flows)) {
      return Verdict.WAIT;
    }
    waiting = false;
    if (paused == 0) {
      signal.dontWant();
    }
    return paused < flows.size() ? Verdict.POLL : Verdict.REST;
  }

  private static List<TopicPartition> marked(List<PartitionFlow> flows, boolean paused) {
    flows.forEach(flow -> flow.paused(paused));
    return flows.stream().map(PartitionFlow::partition).toList();
  }

  private boolean isEnough(Load load, Collection<PartitionFlow> flows) {
    if (load.bytes <= ENOUGH) {
      inVain = false;
      return false;
    }
    if ((inVain && clock.nanos() - inVainSince < READ_ON) || !load.isInLine(flows)) {
      return false;
    }
    long waited = waited();
    inVain = waited >= ROOM_PATIENCE;
    inVainSince = waitingSince + waited;
    return !inVain;
  }

  /** How long the owner has been waiting instead of polling. */
  private long waited() {
    long now = clock.nanos();
    if (!waiting) {
      waiting = true;
      waitingSince = now;
    }
    return now - waitingSince;
  }

  private boolean hasPatience(List<PartitionFlow> pause) {
    long waited = waited();
    return waited < patience
        || (waited < ROOM_PATIENCE && pause.stream().allMatch(this::hasRoomSoon))
        || (waited < COMMIT_PATIENCE && pause.stream().allMatch(PartitionFlow::waitsForCommit));
  }

  /** Whether it settles within the patience what it can be over its bound at most. */
  private boolean hasRoomSoon(PartitionFlow flow) {
    return flow.nanosToSettle(2 * bounds.pollRecords()) <= ROOM_PATIENCE;
  }

  /** What is in flight at this moment, against what may be. */
  private final class Load {
    private final boolean alone;
    private final int reserve;
    private final long byteReserve;
    private int records;
    private long bytes;

    /** What is left of the reserves of all partitions. */
    private int reserved;

    private long bytesReserved;

    Load(Collection<PartitionFlow> flows) {
      int partitions = flows.size();
      long time = clock.nanos();
      this.alone = partitions == 1;
      this.reserve = reserve(partitions);
      this.byteReserve = byteRoom() / (2L * partitions);
      for (PartitionFlow flow : flows) {
        flow.dispatchHeld();
        flow.count(time);
        records += flow.inFlight();
        bytes += flow.bytesInFlight();
        reserved += left(flow);
        bytesReserved += bytesLeft(flow);
      }
    }

    boolean exceededBy(PartitionFlow flow) {
      return tooMany(flow) || tooLarge(flow);
    }

    private boolean tooMany(PartitionFlow flow) {
      int poll = bounds.pollRecords();
      // Partitions that came meanwhile have reserves that others hold: the last poll is for those
      // that have nothing, or they would wait for as long as the others stand.
      int last = flow.inFlight() == 0 ? poll : 2 * poll;
      if (records + last > bounds.records()) {
        return true;
      }
      if (flow.inFlight() + poll <= reserve) {
        return false;
      }
      if (stands(flow)) {
        return true;
      }
      int room = bounds.records() - records - reservedForOthers(flow);
      // Once paused, until there is room for some polls, so that a pause is worth its cost.
      return room < poll + (flow.paused() ? Math.min(reserve / 2, flow.inFlight()) : 0);
    }

    /** Whether a partition has more in flight, beyond its part, than it has settled lately. */
    private boolean stands(PartitionFlow flow) {
      int part = Math.max(reserve, bounds.pollRecords());
      return !alone && flow.inFlight() > part + flow.settledLately();
    }

    private int reservedForOthers(PartitionFlow flow) {
      if (reserve > 0) {
        return reserved - left(flow);
      }
      return flow.inFlight() == 0 ? 0 : bounds.records() / 2;
    }

    private boolean tooLarge(PartitionFlow flow) {
      if (flow.isEmpty()) {
        return false;
      }
      if (bytes > byteRoom()) {
        return true; // the latest fetch has brought more than there was room for
      }
      return flow.bytesInFlight() > byteReserve
          && byteRoom() - bytes - (bytesReserved - bytesLeft(flow)) < 0;
    }

    /** Whether all comes one at a time, and what there is much of is settled quickly. */
    boolean isInLine(Collection<PartitionFlow> flows) {
      long part = ENOUGH / (2L * flows.size());
      for (PartitionFlow flow : flows) {
        if (!flow.isInLine() || (flow.bytesInFlight() > part && !settlesSoon(flow))) {
          return false;
        }
      }
      return true;
    }

    private boolean settlesSoon(PartitionFlow flow) {
      return flow.nanosToSettle(bounds.pollRecords()) <= ROOM_PATIENCE;
    }

    private int left(PartitionFlow flow) {
      return Math.max(0, reserve - flow.inFlight());
    }

    private long bytesLeft(PartitionFlow flow) {
      return Math.max(0, byteReserve - flow.bytesInFlight());
    }
  }

  /**
   * What is reserved for a partition. It is of use only if a full poll fits into it; where there
   * are too many partitions for that, half of the bound is for those that have nothing in flight.
   */
  private int reserve(int partitions) {
    int poll = bounds.pollRecords();
    int half = bounds.records() / (2 * partitions);
    return half < poll ? 0 : half;
  }

  /** What may be in flight before a poll so that a full fetch still fits. */
  private long byteRoom() {
    return Math.max(0, bounds.bytes() - bounds.pollBytes());
  }
}
