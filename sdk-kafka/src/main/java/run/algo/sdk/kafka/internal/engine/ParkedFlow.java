package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.execute.PreparedSends;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.parking.InputRecords;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingStore;

/**
 * The parked records of one input partition, during one assignment: beside the flow of what is read
 * it is the flow of what was parked, which has no offsets. It comes and goes with the partition.
 *
 * <p>Before the partition's records flow the index is restored from the store, whole. From then on
 * what is due is taken from the index, loaded, and executed by a dispatcher of its own in the order
 * in which it was taken; whether it still may be is asked just before. What is in memory counts as
 * in flight; what is parked does not.
 *
 * <p>Thread-safe: the owner opens, counts and closes it, the store brings records, timers say that
 * some are due, and workers say what becomes of them. Nothing is called under the lock that takes
 * it in another order: index, dispatcher and timers know nothing of it.
 */
final class ParkedFlow implements Flow, Parking {

  private static final Logger log = LoggerFactory.getLogger(ParkedFlow.class);

  /** A record whose key is nearly free waits so long for it at most, then it is parked. */
  private static final long PATIENCE = 1_000_000_000;

  /** After one has waited in vain none does for so long. */
  private static final long IMPATIENCE = 9 * PATIENCE;

  private static final Duration RESTORE_BACKOFF = Duration.ofSeconds(1);

  /** No timer is longer, so that none keeps a partition in memory that has gone. */
  private static final long LONGEST_TIMER = 1_000_000_000;

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

  /** When records began to wait in their place for their key. */
  private final Map<Long, Long> waitingSince = new ConcurrentHashMap<>();

  // Under the lock

  /** In memory and not settled, in the order in which they were taken. */
  private final List<Loaded> loaded = new ArrayList<>();

  /** Being loaded, in the order in which they were taken. */
  private final ArrayDeque<Loading> loading = new ArrayDeque<>();

  /** Offsets of those that were begun and are not settled. */
  private final Set<Long> begun = new HashSet<>();

  /** What the latest transactions have taken. */
  private final Set<Loaded> taken = new HashSet<>();

  /** Offsets that were not found where they were; while there are any nothing is taken. */
  private final Set<Long> missing = new HashSet<>();

  private State state = State.CLOSED;
  private boolean reading = true;

  /** When the earliest timer fires. */
  private long armed = Long.MAX_VALUE;

  // For whoever asks

  private volatile long impatientUntil;
  private volatile boolean open;
  private volatile boolean stopped;
  private volatile boolean gone;
  private volatile @Nullable HaltReport trouble;
  private int unsettled;
  private long bytes;

  /**
   * A record in memory.
   *
   * @param batch a batch of it alone
   * @param offset its offset in the input
   * @param key hash of its key
   */
  private record Loaded(RecordBatch batch, long offset, int key) {}

  private enum State {
    /** Nobody has asked for it. */
    CLOSED,
    /** The store is being read. */
    RESTORING,
    /** All is known. */
    OPEN
  }

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
    lot.add(index);
  }

  // Opening, by the owner

  /** Whether nobody has asked for it yet. */
  synchronized boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Whether all that is parked is known, so that the partition's records may flow. */
  boolean isOpen() {
    return open;
  }

  /**
   * Reads what is parked, on another thread.
   *
   * @param position the offset from which the input is read
   */
  void open(long position) {
    synchronized (this) {
      state = State.RESTORING;
    }
    lot.restorer().execute(() -> restore(position));
  }

  private void restore(long position) {
    Restored restored = new Restored();
    try {
      if (stopped) {
        return;
      }
      store.restore(partition.partition(), restored);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the runner closes
      return;
    } catch (RuntimeException e) {
      failed(e);
      lot.timers().after(RESTORE_BACKOFF, () -> lot.restorer().execute(() -> restore(position)));
      return;
    }
    synchronized (this) {
      if (!open) {
        index.open(position);
        tellParked();
      }
      missing.removeAll(restored.known);
      missing.forEach(this::vanished);
      missing.clear();
      state = State.OPEN;
      open = true;
      trouble = null;
    }
    owner.wake();
    goOn();
  }

  private void tellParked() {
    if (index.size() > 0) {
      log.info("{}: {} parked records of {} keys", partition, index.size(), index.keys());
    }
  }

  private void failed(RuntimeException e) {
    String what = "what is parked of " + partition + " cannot be read";
    trouble =
        new HaltReport(
            new RecordPosition(partition.topic(), partition.partition(), 0, -1),
            what,
            String.valueOf(e));
    lot.warnings()
        .run(
            "parked " + partition,
            suppressed -> log.error("{}; trying again (and {} more like it)", what, suppressed, e));
  }

  /** What the store neither has nor was told to forget is lost, and nobody should wait for it. */
  private void vanished(long offset) {
    log.error(
        "parked record {}@{} is in its topic no more, and has had no outcome: the topic's"
            + " cleanup.policy must be compact, and nobody may delete its records",
        partition,
        offset);
    route.counters().read(1);
    route.counters().settled(Outcome.SKIPPED, 1);
    index.remove(offset);
  }

  /** Passes on to the index what is in the store. */
  private final class Restored implements ParkingStore.Visitor {

    /** Of those that are missing, the ones of which the store knows something. */
    final Set<Long> known = new HashSet<>();

    @Override
    public void stored(ParkedId id, byte @Nullable [] key, long place, ParkedTry next) {
      if (isOfUse(id.offset())) {
        index.found(key, id.offset(), place, nanos(next.due()));
      }
    }

    @Override
    public void removed(ParkedId id, long place) {
      if (isOfUse(id.offset())) {
        index.erased(id.offset(), place);
      }
    }

    /** Once it is open the index knows better, but for those that it has not found. */
    private boolean isOfUse(long offset) {
      return !open || (isMissing(offset) && (known.add(offset) || known.contains(offset)));
    }
  }

  private synchronized boolean isMissing(long offset) {
    return missing.contains(offset);
  }

  private static long nanos(Instant due) {
    try {
      return Math.addExact(Math.multiplyExact(due.getEpochSecond(), 1_000_000_000L), due.getNano());
    } catch (ArithmeticException e) {
      return due.isBefore(Instant.EPOCH) ? 0 : Long.MAX_VALUE - 1;
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
      goOn();
    }
  }

  // What is due

  /** Whether anything is loaded from now on. */
  void reading(boolean now) {
    synchronized (this) {
      if (reading == now) {
        return;
      }
      reading = now;
    }
    goOn();
  }

  /** A record that is being loaded. */
  private final class Loading implements ParkingStore.Load {
    private final long offset;
    private final long place;

    /** Under the lock. */
    private @Nullable ParkedRecord record;

    /** Under the lock. */
    private boolean ended;

    Loading(long offset, long place) {
      this.offset = offset;
      this.place = place;
    }

    @Override
    public boolean isWanted() {
      return !stopped;
    }

    @Override
    public void loaded(ParkedRecord loaded) {
      synchronized (ParkedFlow.this) {
        record = loaded;
        ended = true;
        handOver();
      }
    }

    @Override
    public void lost() {
      boolean first;
      synchronized (ParkedFlow.this) {
        ended = true;
        index.putBack(offset);
        first = missing.isEmpty();
        missing.add(offset);
        handOver();
      }
      if (first) {
        log.debug("{}@{} is parked elsewhere by now: reading anew", partition, offset);
        lot.timers().after(RESTORE_BACKOFF, () -> lot.restorer().execute(() -> restore(-1)));
      }
    }
  }

  /** Loads what is due, as far as there is room for it. */
  private void goOn() {
    List<Loading> wanted;
    synchronized (this) {
      if (state != State.OPEN || stopped || !reading || !missing.isEmpty()) {
        return;
      }
      wanted = take();
      arm();
    }
    for (Loading each : wanted) {
      store.load(new ParkedId(partition.partition(), each.offset), each.place, each);
    }
  }

  private List<Loading> take() {
    int here = 0;
    long size = 0;
    for (Loaded each : loaded) {
      here += each.batch().unsettled();
      size += each.batch().bytes();
    }
    int room = lot.mostLoaded() - here - loading.size();
    if (here > 0) {
      // What is loaded is taken to be as large as what is here.
      long each = Math.max(1, size / here);
      room = (int) Math.min(room, (lot.mostBytes() - size) / each - loading.size());
    }
    List<Loading> wanted = new ArrayList<>();
    if (room > 0) {
      index.take(
          lot.clock().nanos(), room, (offset, at, due) -> wanted.add(new Loading(offset, at)));
      loading.addAll(wanted);
    }
    return wanted;
  }

  /** Later ones of a key must not be handed over before earlier ones. */
  private void handOver() {
    while (!loading.isEmpty() && loading.element().ended) {
      ParkedRecord record = loading.remove().record;
      if (record != null && !stopped) {
        dispatch(record);
      }
    }
  }

  private void dispatch(ParkedRecord parked) {
    ConsumerRecord<byte[], byte[]> record = InputRecords.read(partition.topic(), parked);
    RecordBatch batch = new RecordBatch(this, List.of(record), clock.nanos());
    batch.triedBefore(0, new Tries(parked.next().executions(), parked.next().state()));
    if (transactional) {
      batch.preparable();
    }
    loaded.add(new Loaded(batch, record.offset(), Arrays.hashCode(record.key())));
    dispatcher.dispatch(batch);
  }

  private void arm() {
    long now = lot.clock().nanos();
    long next = index.nextDue();
    if (next <= now || next == Long.MAX_VALUE) {
      return; // what is late already goes on when there is room for it
    }
    next = Math.min(next, now + LONGEST_TIMER);
    if (next < armed) {
      armed = next;
      long mine = next;
      lot.timers().after(Duration.ofNanos(next - now), () -> fired(mine));
    }
  }

  private void fired(long timer) {
    synchronized (this) {
      if (timer == armed) {
        armed = Long.MAX_VALUE;
      }
    }
    goOn();
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
  public boolean closed() {
    return gone;
  }

  @Override
  public ParkingIndex.Arrival arrive(byte @Nullable [] key, long offset) {
    if (index.size() == 0) {
      return ParkingIndex.Arrival.FREE;
    }
    long now = clock.nanos();
    Long since = waitingSince.isEmpty() ? null : waitingSince.get(offset);
    boolean mayWait = since == null ? now - impatientUntil >= 0 : now - since < PATIENCE;
    ParkingIndex.Arrival arrival = index.arrive(key, offset, mayWait, lot.clock().nanos());
    if (arrival == ParkingIndex.Arrival.BEHIND && lot.parked() > most) {
      index.remove(offset);
      arrival = ParkingIndex.Arrival.FULL;
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
      goOn();
    }
    return arrival;
  }

  @Override
  public boolean occupied(byte @Nullable [] key, long offset) {
    ParkingIndex.Arrival arrival = index.arrive(key, offset, true, lot.clock().nanos());
    if (arrival == ParkingIndex.Arrival.BEHIND) {
      index.remove(offset);
    }
    return arrival != ParkingIndex.Arrival.FREE;
  }

  @Override
  public boolean begin(long offset) {
    boolean begins = index.begin(offset, lot.clock().nanos());
    synchronized (this) {
      if (begins && begun.add(offset)) {
        route.counters().read(1);
      } else if (!begins && begun.remove(offset)) {
        // It was in a batch behind one that has failed; it will be read again.
        route.counters().settled(Outcome.PARKED, 1);
      }
    }
    return begins;
  }

  @Override
  public boolean reserve(byte @Nullable [] key, long offset, Instant due) {
    boolean known;
    synchronized (this) {
      known = begun.contains(offset);
    }
    return (known || lot.parked() < most) && index.failed(key, offset, nanos(due));
  }

  @Override
  public void stored(long offset, long place) {
    index.stored(offset, place);
    goOn();
  }

  @Override
  public void forgotten(long offset) {
    index.remove(offset);
    goOn();
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
  public void settled(
      Outcome outcome, ConsumerRecord<byte[], byte[]> record, long read, boolean worthLook) {
    byte[] value = record.value();
    int size = value == null ? 0 : value.length;
    route.counters().settled(outcome, size, size, clock.nanos() - read);
    synchronized (this) {
      begun.remove(record.offset());
    }
    owner.settled(true);
    goOn();
  }

  @Override
  public void prepared(boolean worthLook) {
    owner.settled(true);
  }

  @Override
  public void concluded() {
    goOn(); // perhaps there is room for more
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

  /** Counts what is in memory. */
  synchronized void count() {
    int records = 0;
    long sum = 0;
    for (Iterator<Loaded> each = loaded.iterator(); each.hasNext(); ) {
      Loaded next = each.next();
      if (next.batch().unsettled() == 0) {
        each.remove();
        taken.remove(next);
      } else {
        records++;
        sum += next.batch().bytes();
      }
    }
    unsettled = records;
    bytes = sum;
  }

  /** Records in memory that are not settled, when they were counted last. */
  int unsettled() {
    return unsettled;
  }

  /** Their bytes. */
  long bytes() {
    return bytes;
  }

  /** Whether nothing is in memory, or on its way to it. */
  synchronized boolean isIdle() {
    return loading.isEmpty() && loaded.stream().allMatch(each -> each.batch().unsettled() == 0);
  }

  /** How many have been begun and are not settled. */
  synchronized int begun() {
    int count = 0;
    for (Loaded each : loaded) {
      count += each.batch().begun();
    }
    return count;
  }

  /** How many wait for nothing but their transaction. */
  synchronized int waitingForCommit() {
    int count = 0;
    for (Loaded each : loaded) {
      count += each.batch().prepared();
    }
    return count;
  }

  /**
   * Takes what is prepared. Of the records of one key none is taken before an earlier one.
   *
   * @return whether any was
   */
  synchronized boolean take(OffsetTracker.Taker taker) {
    boolean any = false;
    Set<Integer> behind = new HashSet<>();
    for (Loaded each : loaded) {
      RecordBatch batch = each.batch();
      if (batch.unsettled() == 0 || taken.contains(each)) {
        continue;
      }
      PreparedSends sends = batch.prepared(0);
      if (!behind.contains(each.key()) && sends != null && taker.take(batch, 0, sends)) {
        taken.add(each);
        any = true;
      } else if (sends != null || batch.begun() > 0) {
        behind.add(each.key());
      }
    }
    return any;
  }

  /** What was taken and is not settled may be taken again. */
  synchronized void untake() {
    taken.clear();
  }

  /** Why its records, or those of the input, do not flow. */
  Optional<HaltReport> halted() {
    HaltReport known = trouble;
    return known == null ? halt.report() : Optional.of(known);
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
    dispatcher.stop();
    halt.close();
  }

  /** After {@link #stop}: whether all that was begun is settled, or halted for good. */
  boolean isQuiet() {
    return begun() <= halt.blockedRecords();
  }

  /** Lets go of everything; returns how many were begun and have no outcome. */
  int abandon() {
    stop();
    gone = true;
    lot.remove(index);
    int released = 0;
    synchronized (this) {
      for (Loaded each : loaded) {
        if (each.batch().abandon() > 0 && begun.contains(each.offset())) {
          released++;
        }
      }
      loaded.clear();
      loading.clear();
      taken.clear();
      begun.clear();
    }
    route.counters().settled(Outcome.RELEASED, released);
    return released;
  }

  @Override
  public String toString() {
    return "parked of " + partition;
  }
}
