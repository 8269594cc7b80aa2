package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.RunHeader;

/**
 * One partition during one assignment: its tracker, its dispatcher, and whether it is halted. A
 * partition that goes and comes back gets a new flow, so nothing of an old assignment can reach the
 * new one.
 *
 * <p>Methods are for the owner thread unless they say otherwise.
 *
 * <p>Long, since everything that is kept of a partition is asked for here; how far it may be
 * committed beside what was gathered (reach, cut) is the part that could stand alone.
 */
final class PartitionFlow implements Flow {

  private final TopicPartition partition;
  private final Route route;
  private final OwnerSignal owner;
  private final MonotonicClock clock;
  private final SettledOffsets before;
  private final boolean transactional;
  private final Gathers gathers;
  private final OffsetTracker tracker;
  private final Dispatcher dispatcher;
  private final Halt halt;

  /** Where records wait for their due times; null where they do not. */
  private final @Nullable DueDispatcher gate;

  /** What is parked of the partition; null where nothing is. */
  private final @Nullable ParkedFlow parked;

  /** Offsets that were read although an earlier owner has parked them, and that will arrive. */
  private final Set<Long> coming = new HashSet<>();

  /**
   * Read, and not begun: the commit's metadata could not tell all of their outcomes, or one of them
   * triggers others that may not have been read.
   */
  private final ArrayDeque<RecordBatch> held = new ArrayDeque<>();

  private @Nullable OffsetAndMetadata committed;

  /** What the latest transaction commits. */
  private @Nullable OffsetAndMetadata taken;

  /** Where its records begin; -1 while nobody has asked. */
  private long beginning = -1;

  private boolean paused;
  private boolean suspended;
  private volatile boolean stopped;
  private boolean gone;
  private long reach = -1;

  /** The first held record that an earlier owner has settled ahead of its commit; -1 for none. */
  private long heldBefore = -1;

  private long latestTimestamp = Long.MIN_VALUE;
  private int unsettled;

  /** Of those that are not settled, how many wait for their due times. */
  private int postponed;

  private long bytesInFlight;
  private final OffsetTracker.Counts counts = new OffsetTracker.Counts();

  /** Records that transactions under way have taken. */
  private int writing;

  private long read;
  private final SettledRate settledRate = new SettledRate();

  /**
   * A flow.
   *
   * @param seat the partition and what was known of it
   * @param route what its records go through
   * @param owner is told of settled records
   * @param clock tells how long a record took
   * @param dispatchers execute its records
   * @param halts makes its halt
   */
  PartitionFlow(
      Seat seat,
      Route route,
      OwnerSignal owner,
      MonotonicClock clock,
      Dispatchers dispatchers,
      HaltFactory halts) {
    this.partition = seat.partition();
    this.before = seat.before();
    this.transactional = seat.transactional();
    this.gathers = seat.gathers();
    this.tracker = new OffsetTracker(before);
    this.route = route;
    this.owner = owner;
    this.clock = clock;
    this.dispatcher = dispatchers.input();
    this.parked = dispatchers.parked();
    this.gate = dispatcher.gate();
    this.halt = halts.create(partition, dispatchers.input());
  }

  /** A flow of a partition of which nothing is parked. */
  PartitionFlow(
      Seat seat,
      Route route,
      OwnerSignal owner,
      MonotonicClock clock,
      Dispatcher dispatcher,
      HaltFactory halts) {
    this(seat, route, owner, clock, new Dispatchers(dispatcher, null), halts);
  }

  /**
   * A partition as it is assigned.
   *
   * @param partition the partition
   * @param before what an earlier owner has settled ahead of its committed offset
   * @param transactional whether outcomes are written in transactions
   * @param gathers what is held of all partitions
   */
  record Seat(
      TopicPartition partition, SettledOffsets before, boolean transactional, Gathers gathers) {}

  /**
   * What executes the records of a partition.
   *
   * @param input those that are read
   * @param parked those that are parked; null where none are
   */
  record Dispatchers(Dispatcher input, @Nullable ParkedFlow parked) {}

  /** Makes the halt of a partition. */
  interface HaltFactory {
    Halt create(TopicPartition partition, Dispatcher dispatcher);
  }

  @Override
  public TopicPartition partition() {
    return partition;
  }

  @Override
  public @Nullable Parking parking() {
    return parked;
  }

  @Override
  public boolean ofParked() {
    return false;
  }

  // Before its records flow

  /** Whether it has to know where its records begin, before they flow. */
  boolean awaitsPosition() {
    return parked != null && parked.isClosed();
  }

  /** Its records begin at this offset. */
  void beginsAt(long position) {
    if (parked != null) {
      beginning = position;
      parked.open(position);
    }
  }

  /** Whether parked records may be loaded. */
  void reading(boolean now) {
    if (parked != null) {
      parked.reading(now);
    }
  }

  /** Takes over what was read of this partition alone. */
  void accept(List<ConsumerRecord<byte[], byte[]>> records) {
    read(records, clock.nanos());
    dispatchHeld();
  }

  /**
   * Takes over what was read; it begins with {@link #dispatchHeld}.
   *
   * @param records what was read
   * @param time when
   */
  void read(List<ConsumerRecord<byte[], byte[]>> records, long time) {
    route.counters().read(records.size());
    read += records.size();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      latestTimestamp = Math.max(latestTimestamp, record.timestamp());
    }
    for (int from = 0; from < records.size(); from += RecordBatch.MAX_SIZE) {
      int to = Math.min(records.size(), from + RecordBatch.MAX_SIZE);
      RecordBatch batch = new RecordBatch(this, records.subList(from, to), time);
      if (parked != null) {
        expect(parked, batch);
      }
      if (batch.offset(0) < before.end()) {
        skip(batch);
      }
      if (route.isOfRetries()) {
        skipForeign(batch);
      }
      if (transactional) {
        batch.preparable();
      }
      tracker.add(batch);
      gathers.look(this, batch);
      if (parked != null && transactional && batch.held() > 0) {
        parked.parkNoMore(); // before any of these is dispatched
      }
      held.add(batch);
    }
  }

  private void expect(ParkedFlow parking, RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (parking.expects(batch.offset(i))) {
        coming.add(batch.offset(i));
      }
    }
  }

  private void skip(RecordBatch batch) {
    int skipped = 0;
    for (int i = 0; i < batch.size(); i++) {
      if (before.contains(batch.offset(i)) && !coming.contains(batch.offset(i))) {
        if (heldBefore < 0
            && (batch.headers(i) & KnownHeaders.RUN) != 0
            && RunHeader.of(batch.record(i).headers()) == RunHeader.HOLD) {
          heldBefore = batch.offset(i);
        }
        batch.skip(i);
        skipped++;
      }
    }
    route.counters().settled(Outcome.SKIPPED, skipped);
  }

  /** What other groups retry is theirs. */
  private void skipForeign(RecordBatch batch) {
    int skipped = 0;
    for (int i = 0; i < batch.size(); i++) {
      if (!batch.isSettled(i) && route.isForeign(batch.record(i))) {
        batch.skip(i);
        skipped++;
      }
    }
    route.counters().settled(Outcome.SKIPPED, skipped);
  }

  /** Begins what was held back, as far as there is room for it by now and nothing in its way. */
  void dispatchHeld() {
    while (!held.isEmpty()
        && mayFlow()
        && hasRoom(held.element())
        && gathers.mayDispatch(held.element())) {
      RecordBatch batch = held.remove();
      gathers.dispatch(batch);
      dispatcher.dispatch(batch);
    }
  }

  /**
   * A transaction's commit has no gaps, so no metadata. Where records wait for their due times that
   * are not due must not stand in the way of those that are: rather is executed again what the
   * metadata has no room for.
   */
  private boolean hasRoom(RecordBatch batch) {
    return transactional || gate != null || tracker.hasRoom(batch);
  }

  /** Whether all is known that its records may have to wait for. */
  boolean mayFlow() {
    return parked == null || parked.isOpen();
  }

  /** Whether it cannot take more. */
  boolean holdsBack() {
    return !mayFlow()
        || (!held.isEmpty() && !hasRoom(held.element()))
        || (gate != null && gate.isFull());
  }

  /** The consumer has read up to this offset, markers of transactions included. */
  void position(OffsetAndMetadata next) {
    tracker.position(next.offset(), next.leaderEpoch());
    if (parked != null) {
      parked.passed(next.offset(), coming::contains);
    }
  }

  /**
   * Counts what is in flight, for {@link #inFlight()} and {@link #bytesInFlight()}, and what was
   * settled, for {@link #settledLately()}.
   *
   * @param time now
   */
  void count(long time) {
    tracker.count(counts);
    postponed = gate == null ? 0 : counts.postponed();
    unsettled = counts.unsettled();
    bytesInFlight = counts.bytes();
    if (gate != null) {
      gate.takes(tracker.places());
    }
    if (parked != null) {
      parked.batches().count();
      unsettled += parked.batches().unsettled();
      bytesInFlight += parked.batches().bytes();
    }
    settledRate.count(settledInAll(), time);
  }

  /** Records settled since the partition was assigned, when they were counted last. */
  long settledInAll() {
    return read - unsettled + (parked == null ? 0 : parked.batches().unsettled());
  }

  /** Records settled within the last second or two, when they were counted last. */
  long settledLately() {
    return settledRate.lately();
  }

  /** How long it takes to settle so many more, at the rate of the last second or two. */
  long nanosToSettle(int records) {
    return settledRate.nanosFor(records);
  }

  /**
   * Records in flight when they were counted last. What a transaction is writing is left out: it
   * waits for nothing but the brokers, and there are two transactions at most, each as large as
   * what is in flight can make it. Else nothing could be read or executed while they are written.
   * What waits for its due time has bounds of its own.
   */
  int inFlight() {
    return Math.max(0, unsettled - postponed - writing);
  }

  /** Whether all that was read is settled or waits for its due time, when it was counted last. */
  boolean isEmpty() {
    return unsettled <= postponed;
  }

  /**
   * Whether its records are executed one at a time, and settled one after the other: none of them
   * waits for a transaction, for a due time, or for what has not been read.
   */
  boolean isInLine() {
    return dispatcher.isSerial()
        && !transactional
        && (parked == null || parked.batches().unsettled() == 0)
        && tracker.held() == 0;
  }

  /** Whether most of what is not settled waits for nothing but its transaction. */
  boolean waitsForCommit() {
    int prepared = transactional ? tracker.prepared() : 0;
    int open = tracker.unsettled() - tracker.postponed();
    if (transactional && parked != null) {
      prepared += parked.batches().prepared();
      open += parked.batches().unsettled();
    }
    return prepared > 0 && 2 * prepared >= open;
  }

  /** Bytes of values, keys and encoded emissions in flight when they were counted last. */
  long bytesInFlight() {
    return bytesInFlight;
  }

  /**
   * Whether nothing is in flight, but what is held for a trigger that has not been read, or waits
   * for its due time.
   */
  boolean settled() {
    return held.isEmpty()
        && tracker.unsettled() == tracker.held() + tracker.postponed()
        && (parked == null || parked.isIdle());
  }

  // For the watcher

  /** Shows what is to be worked on. */
  void visit(RecordBatch.Visitor visitor) {
    tracker.visit(visitor);
    if (parked != null) {
      parked.batches().visit(visitor);
    }
  }

  /** What the ledger should count as in flight at this moment. */
  int unsettledNow() {
    return tracker.unsettled() + (parked == null ? 0 : parked.batches().counted());
  }

  /** Grows with everything that was settled, or is ready for its transaction. */
  long done() {
    return read
        - tracker.unsettled()
        + tracker.prepared()
        + (parked == null ? 0 : parked.batches().done());
  }

  /** Whether nothing keeps what waits from being executed, as far as the partition is concerned. */
  boolean mayWork() {
    return !suspended && !stopped && mayFlow() && held.isEmpty();
  }

  long position() {
    return tracker.position();
  }

  /** The first offset that is not settled; -1 while nothing is known. */
  long firstUnsettled() {
    return tracker.frontier();
  }

  /** Records that wait for their due times, when they were counted last. */
  int postponed() {
    return postponed;
  }

  /**
   * How far away the first due time is, of what is not begun; in nanoseconds, negative when it has
   * passed; or none.
   */
  OptionalLong nextDue() {
    return gate == null ? OptionalLong.empty() : gate.nextDue(this);
  }

  /** The first offset that is parked; or none. */
  OptionalLong oldestParked() {
    return parked == null ? OptionalLong.empty() : parked.oldest();
  }

  int parkedKeys() {
    return parked == null ? 0 : parked.keys();
  }

  int parkedRecords() {
    return parked == null ? 0 : parked.records();
  }

  // What is held for other records

  Route route() {
    return route;
  }

  @Override
  public boolean stopped() {
    return stopped;
  }

  boolean transactional() {
    return transactional;
  }

  /** Whether it is another member's by now. */
  boolean gone() {
    return gone;
  }

  /** The time of the latest record that was read, in milliseconds since the epoch. */
  long latestTimestamp() {
    return latestTimestamp;
  }

  /** The offset up to which the broker has confirmed the commit; -1 while nothing is known. */
  long committedOffset() {
    return committed == null ? -1 : committed.offset();
  }

  /** How far it could be committed, for all that is known of it alone. */
  void reached(long offset) {
    reach = offset;
  }

  long reach() {
    return reach;
  }

  /** It can be committed no further than this; returns whether it could before. */
  boolean reachAtMost(long offset) {
    boolean back = !gone && reach > offset;
    if (back) {
      reach = undivided(offset);
    }
    return back;
  }

  /** From now on it is committed up to what it has reached, until it is cut again. */
  void cut() {
    tracker.cut(reach);
  }

  /** Nothing is held that it would have to be cut for. */
  void uncut() {
    long frontier = tracker.frontier();
    long most = undivided(frontier);
    tracker.cut(most < frontier ? most : Long.MAX_VALUE);
  }

  /**
   * What an earlier owner has gathered and settled ahead of its commit nobody knows any more: its
   * end is the end of all that was settled ahead. Until all of that lies below the commit its
   * offset stays in front of the first record that may have been gathered, since metadata can get
   * lost, and the offset alone must not divide anything either.
   */
  private long undivided(long offset) {
    return heldBefore < 0 || offset >= before.end() ? offset : Math.min(offset, heldBefore);
  }

  /** It is not committed any further for now. */
  void reachNothingMore() {
    reached(taken == null ? committedOffset() : taken.offset());
  }

  /** As {@link #reached}, for what is settled. */
  void reachFrontier() {
    reached(undivided(tracker.frontier()));
  }

  /** As {@link #reached}, for what a transaction would take. */
  void reachTaking(OffsetTracker.Taker taker) {
    reached(tracker.reach(taker));
  }

  /** What to commit, empty when the broker has it already. */
  Optional<OffsetAndMetadata> toCommit() {
    return tracker.commit().filter(commit -> !commit.equals(committed));
  }

  void committed(OffsetAndMetadata commit) {
    if (!Transaction.isMarked(commit)) {
      committed = commit;
    }
  }

  /**
   * Takes what the next transaction is to write.
   *
   * @param taker takes the records
   * @return what to commit with them, empty when the partition has not come further
   */
  Optional<OffsetAndMetadata> take(OffsetTracker.Taker taker) {
    OffsetAndMetadata known = taken == null ? committed : taken;
    Optional<OffsetAndMetadata> next =
        tracker.take(taker).filter(to -> !to.equals(known) && !isBeginning(to));
    next.ifPresent(to -> taken = to);
    return next;
  }

  /** Whether it is where an earlier owner has left off, which would tell nothing as a commit. */
  private boolean isBeginning(OffsetAndMetadata offset) {
    return parked != null && taken == null && committed == null && offset.offset() == beginning;
  }

  /**
   * As {@link #take}, of what is parked: after that of all partitions, since what is gathered must
   * find the same room as in the trial. What is parked has no offsets, so the commit moves nothing.
   * It keeps out who has lost the group all the same, and says by its metadata that it has been
   * made, should the answer be lost.
   *
   * @param taker takes the records
   * @return what to commit with them, empty when there are none
   */
  Optional<OffsetAndMetadata> takeParked(OffsetTracker.Taker taker) {
    if (parked == null || !parked.batches().take(taker)) {
      return Optional.empty();
    }
    OffsetAndMetadata known = taken == null ? committed : taken;
    return Optional.of(Transaction.marked(known == null ? beginning : known.offset()));
  }

  /** What was taken and is not settled may be taken again. */
  void untake() {
    taken = null;
    tracker.untake();
    if (parked != null) {
      parked.batches().untake();
    }
  }

  /** A transaction has begun, or ended, with so many more records of this partition, or less. */
  void writing(int records) {
    writing += records;
    unsettled = tracker.unsettled() + (parked == null ? 0 : parked.batches().unsettled());
  }

  @Override
  public void prepared(boolean worthLook) {
    owner.settled(worthLook);
  }

  boolean paused() {
    return paused;
  }

  void paused(boolean now) {
    paused = now;
  }

  Optional<HaltReport> halted() {
    return halt.report().or(() -> parked == null ? Optional.empty() : parked.halted());
  }

  /** Bounds how many executions there may be at once. */
  void limit(EnginePlan.Share share) {
    dispatcher.limit(share);
    if (parked != null) {
      parked.limit(share);
    }
  }

  /** Begins no further execution while the runner is paused. */
  void suspend(boolean now) {
    suspended = now;
    dispatcher.pause(now);
    if (parked != null) {
      parked.suspend(now);
    }
  }

  /** Begins no further execution; what runs may end. */
  void stop() {
    stopped = true;
    dispatcher.stop();
    halt.close();
    if (parked != null) {
      parked.stop();
    }
  }

  /** After {@link #stop}: whether all that was begun is settled, or halted for good. */
  boolean quiet() {
    return tracker.begun() <= halt.blockedRecords() && (parked == null || parked.isQuiet());
  }

  /** Lets go of everything: what is not settled is another member's. */
  int abandon() {
    stop();
    gone = true;
    gathers.leave(this);
    held.clear();
    int released = tracker.abandon();
    route.counters().settled(Outcome.RELEASED, released);
    return released + (parked == null ? 0 : parked.abandon());
  }

  @Override
  public void settled(Outcome outcome, RecordBatch batch, int index, boolean worthLook) {
    int bytes = batch.valueBytes(index);
    route.counters().settled(outcome, bytes, bytes, clock.nanos() - batch.read());
    owner.settled(worthLook);
  }

  @Override
  public void failed(long read) {
    route.counters().failed(clock.nanos() - read);
  }

  @Override
  public void concluded() {
    if (gate != null) {
      gate.concluded();
    }
  }

  @Override
  public void begunAgain() {
    if (gate != null) {
      gate.begunAgain();
    }
  }

  @Override
  public void dropped(long bytes) {
    throw new IllegalStateException("what was read of " + partition + " is not dropped");
  }

  @Override
  public void lost() {
    route.counters().settled(Outcome.SKIPPED, 1);
    owner.settled(true);
  }

  @Override
  public void blocked(ConsumerRecord<byte[], byte[]> record, Blockage blockage) {
    halt.blocked(record, blockage);
  }

  @Override
  public void unblocked(long offset) {
    halt.unblocked(offset);
  }

  @Override
  public String toString() {
    return partition.toString();
  }
}
