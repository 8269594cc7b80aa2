package run.algo.sdk.kafka.internal.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.parking.InputRecords;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingStore;

/**
 * The parked records of one input partition, during one assignment: beside the flow of what is read
 * it is the flow of what was parked, which has no offsets. It comes and goes with the partition.
 *
 * <p>Before the partition's records flow the index is restored from the store, whole ({@link
 * ParkedRestorer}). From then on what is due is taken from the index and loaded ({@link
 * ParkedLoader}), and executed by a dispatcher of its own in the order in which it was taken;
 * whether it still may be is asked just before. What is in memory counts as in flight; what is
 * parked does not.
 *
 * <p>Thread-safe: the owner opens, counts and closes it, the loader brings records, and workers say
 * what becomes of them. The loader's lock may be held when that of the {@link ParkedBatches} is
 * taken, never the other way round; index, dispatcher and timers take neither.
 */
final class ParkedFlow implements Flow, Parking {

  /** A record whose key is nearly free waits so long for it at most, then it is parked. */
  private static final long PATIENCE = 1_000_000_000;

  /** After one has waited in vain none does for so long. */
  private static final long IMPATIENCE = 9 * PATIENCE;

  /** What waits in its place asks more often than that. */
  private static final long AWAITED = 1_000_000_000;

  private final TopicPartition partition;
  private final Route route;
  private final ParkingLot lot;
  private final boolean ordered;
  private final long most;
  private final ParkingIndex index;
  private final ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> store;
  private final OwnerSignal owner;
  private final MonotonicClock clock;
  private final boolean transactional;
  private final boolean oneAtATime;
  private final Dispatcher dispatcher;
  private final Halt halt;
  private final ParkedRestorer restorer;
  private final ParkedLoader loader;

  /** When records began to wait in their place for their key. */
  private final Map<Long, Long> waitingSince = new ConcurrentHashMap<>();

  /** Offsets of those that the next transactions park. */
  private final Set<Long> fresh = ConcurrentHashMap.newKeySet();

  private final ParkedBatches batches = new ParkedBatches();

  // For whoever asks

  private volatile long impatientUntil;

  /** When a record was found to wait in its place for as long as it takes. */
  private volatile long awaited;

  private volatile boolean inPlace;
  private volatile boolean stopped;
  private volatile boolean gone;

  /**
   * What a partition's parked records need.
   *
   * @param partition the input partition
   * @param route what its records go through
   * @param input how they are parked
   * @param store where
   * @param lot what all partitions share
   * @param transactional whether outcomes are written in transactions
   * @param oneAtATime whether there is one execution of parked records at a time
   */
  record Place(
      TopicPartition partition,
      Route route,
      ParkedInput input,
      ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> store,
      ParkingLot lot,
      boolean transactional,
      boolean oneAtATime) {}

  /**
   * A flow; it is closed at first.
   *
   * @param place what it needs
   * @param owner is told of settled records
   * @param clock tells how long a record took
   * @param dispatcher executes the records
   * @param halts makes its halt
   */
  ParkedFlow(
      Place place,
      OwnerSignal owner,
      MonotonicClock clock,
      Dispatcher dispatcher,
      PartitionFlow.HaltFactory halts) {
    this.partition = place.partition();
    this.route = place.route();
    this.lot = place.lot();
    this.ordered = place.input().ordered();
    this.most = place.input().most();
    this.index = place.input().index().get();
    this.store = place.store();
    this.transactional = place.transactional();
    this.oneAtATime = place.oneAtATime();
    this.owner = owner;
    this.clock = clock;
    this.dispatcher = dispatcher;
    this.halt = halts.create(partition, dispatcher);
    this.impatientUntil = clock.nanos();
    this.awaited = clock.nanos() - AWAITED;
    this.loader = new ParkedLoader(partition, index, store, lot, new Loads());
    this.restorer = new ParkedRestorer(partition, index, store, lot, new Restores());
    lot.add(index);
  }

  // Opening, by the owner

  /** Whether nobody has asked for it yet. */
  boolean isClosed() {
    return !restorer.begun();
  }

  /** Whether all that is parked is known, so that the partition's records may flow. */
  boolean isOpen() {
    return restorer.isOpen();
  }

  /**
   * Reads what is parked, on another thread.
   *
   * @param position the offset from which the input is read
   */
  void open(long position) {
    restorer.open(position);
  }

  private final class Restores implements ParkedRestorer.Listener {
    @Override
    public void restored() {
      loader.open();
      owner.wake();
    }

    @Override
    public void vanished(long offset) {
      route.counters().read(1);
      route.counters().settled(Outcome.SKIPPED, 1);
      index.remove(offset);
    }
  }

  /** Whether a record must arrive although its outcome is known. */
  boolean expects(long offset) {
    return index.expects(offset);
  }

  /** The input has been read up to here. */
  void passed(long position, LongPredicate coming) {
    if (index.size() > 0) {
      index.passed(position, coming);
      loader.goOn();
    }
  }

  /** Whether anything is loaded from now on. */
  void reading(boolean now) {
    loader.reading(now);
  }

  private final class Loads implements ParkedLoader.Receiver {
    @Override
    public void loaded(ParkedRecord record) {
      dispatch(record);
    }

    @Override
    public void lost(long offset) {
      restorer.missing(offset);
    }

    @Override
    public boolean isHeldUp() {
      return restorer.looksForMissing();
    }

    @Override
    public boolean isAwaited() {
      return clock.nanos() - awaited < AWAITED;
    }
  }

  private void dispatch(ParkedRecord parked) {
    ConsumerRecord<byte[], byte[]> record = InputRecords.read(partition.topic(), parked);
    RecordBatch batch = new RecordBatch(this, List.of(record), clock.nanos());
    batch.triedBefore(0, new Tries(parked.next().executions(), parked.next().state()));
    if (transactional) {
      batch.preparable();
    }
    batches.add(batch, record.key());
    dispatcher.dispatch(batch);
  }

  // What executions ask

  @Override
  public ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> store() {
    return store;
  }

  @Override
  public boolean ordered() {
    return ordered;
  }

  @Override
  public boolean inPlace() {
    return inPlace;
  }

  /** From now on nothing more is parked during this assignment. */
  void parkNoMore() {
    inPlace = true;
  }

  @Override
  public boolean closed() {
    return gone;
  }

  @Override
  public ParkingIndex.Arrival arrive(byte @Nullable [] key, long offset) {
    if (index.size() == 0) {
      if (!waitingSince.isEmpty()) {
        waitingSince.remove(offset);
      }
      return ParkingIndex.Arrival.FREE;
    }
    long now = clock.nanos();
    Long since = waitingSince.isEmpty() ? null : waitingSince.get(offset);
    boolean mayWait = since == null ? now - impatientUntil >= 0 : now - since < PATIENCE;
    ParkingIndex.Arrival arrival = index.arrive(key, offset, mayWait, lot.clock().nanos());
    if (arrival == ParkingIndex.Arrival.BEHIND) {
      if (parked() > most) {
        index.remove(offset);
        arrival = ParkingIndex.Arrival.FULL;
      } else {
        toBeStored(offset);
      }
    }
    if (arrival == ParkingIndex.Arrival.SOON) {
      waitingSince.putIfAbsent(offset, now);
    } else if (since != null) {
      waitingSince.remove(offset);
      if (arrival == ParkingIndex.Arrival.BEHIND) {
        impatientUntil = now + IMPATIENCE; // what waits may hold up its whole partition
      }
    }
    if (arrival == ParkingIndex.Arrival.STORED) {
      loader.goOn();
    }
    return arrival;
  }

  @Override
  public boolean occupied(byte @Nullable [] key, long offset) {
    ParkingIndex.Arrival arrival = index.arrive(key, offset, true, lot.clock().nanos());
    if (arrival == ParkingIndex.Arrival.BEHIND) {
      index.remove(offset);
    }
    if (arrival == ParkingIndex.Arrival.FREE) {
      return false;
    }
    awaited = clock.nanos();
    loader.goOn(); // also while the runner drains, which waits for whoever waits here
    return true;
  }

  @Override
  public boolean begin(long offset) {
    boolean may = index.begin(offset, lot.clock().nanos());
    switch (batches.begin(offset, may)) {
      case READ -> route.counters().read(1);
      case PUT_BACK -> route.counters().settled(Outcome.PARKED, 1);
      case GONE -> {
        return false;
      }
      case AGAIN, NOT -> {} // counted, or not to be
    }
    return may;
  }

  @Override
  public boolean reserve(byte @Nullable [] key, long offset, Instant due) {
    if (batches.isBegun(offset)) {
      return index.failed(key, offset, ParkingLot.nanos(due));
    }
    boolean reserved = parked() < most && index.failed(key, offset, ParkingLot.nanos(due));
    if (reserved) {
      toBeStored(offset);
    }
    return reserved;
  }

  /**
   * How many are parked. What a transaction has yet to park does not count: it may have to wait for
   * whoever asks. There are no more of them than may be in flight.
   */
  private long parked() {
    return lot.parked() - (transactional ? lot.fresh().get() : 0);
  }

  private void toBeStored(long offset) {
    if (transactional && fresh.add(offset)) {
      lot.fresh().incrementAndGet();
    }
  }

  @Override
  public void stored(long offset, long place) {
    if (fresh.remove(offset)) {
      lot.fresh().decrementAndGet();
    }
    index.stored(offset, place);
    loader.goOn();
  }

  @Override
  public void forgotten(long offset) {
    index.remove(offset);
    loader.goOn();
  }

  // The flow of its batches

  @Override
  public TopicPartition partition() {
    return partition;
  }

  @Override
  public boolean stopped() {
    return stopped;
  }

  @Override
  public Parking parking() {
    return this;
  }

  @Override
  public boolean ofParked() {
    return true;
  }

  @Override
  public void settled(Outcome outcome, RecordBatch batch, int index, boolean worthLook) {
    int size = batch.valueBytes(index);
    route.counters().settled(outcome, size, size, clock.nanos() - batch.read());
    batches.settled(batch.offset(index));
    owner.settled(true);
    loader.gone(batch.bytes(index));
  }

  @Override
  public void failed(long read) {
    route.counters().failed(clock.nanos() - read);
  }

  @Override
  public void dropped(long size) {
    loader.gone(size);
  }

  @Override
  public void prepared(boolean worthLook) {
    owner.settled(true);
  }

  @Override
  public void concluded() {
    // its place is free when it is settled
  }

  @Override
  public void begunAgain() {
    // it has kept its place
  }

  @Override
  public void lost() {
    throw new IllegalStateException("parked records have no due times here");
  }

  @Override
  public void blocked(ConsumerRecord<byte[], byte[]> record, Blockage blockage) {
    halt.blocked(record, blockage);
  }

  @Override
  public void unblocked(long offset) {
    halt.unblocked(offset);
  }

  // For the owner, as the flow of what is read

  /** What is in memory. */
  ParkedBatches batches() {
    return batches;
  }

  /** The first offset that is parked; or none. */
  OptionalLong oldest() {
    long oldest = index.oldest();
    return oldest < 0 ? OptionalLong.empty() : OptionalLong.of(oldest);
  }

  int keys() {
    return index.keys();
  }

  int records() {
    return index.size();
  }

  /** Whether nothing is in memory, or on its way to it. */
  boolean isIdle() {
    return loader.isIdle() && batches.areSettled();
  }

  /** Why its records, or those of the input, do not flow. */
  Optional<HaltReport> halted() {
    return restorer.trouble().or(halt::report);
  }

  /** Bounds how many executions there may be at once, beside those of the input. */
  void limit(EnginePlan.Share share) {
    dispatcher.limit(oneAtATime ? EnginePlan.Share.of(1) : share);
  }

  void suspend(boolean now) {
    dispatcher.pause(now);
  }

  /** Begins no further execution; what runs may end. */
  void stop() {
    stopped = true;
    restorer.stop();
    loader.stop();
    dispatcher.stop();
    halt.close();
  }

  /** After {@link #stop}: whether all that was begun is settled, or halted for good. */
  boolean isQuiet() {
    return batches.begun() <= halt.blockedRecords();
  }

  /** Lets go of everything; returns how many were begun and have no outcome. */
  int abandon() {
    stop();
    lot.remove(index);
    fresh.forEach(
        offset -> {
          if (fresh.remove(offset)) {
            lot.fresh().decrementAndGet();
          }
        });
    gone = true;
    int released = batches.abandon();
    route.counters().settled(Outcome.RELEASED, released);
    return released;
  }

  @Override
  public String toString() {
    return "parked of " + partition;
  }
}
