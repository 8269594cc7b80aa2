package run.algo.sdk.retry;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.retry.Entries.State;
import run.algo.sdk.spi.ParkingIndex;

/**
 * The parked records of a partition as queues, one for each key; where no order is kept each record
 * is a queue of its own.
 *
 * <p><b>Keys</b> are known by a hash of 64 bits, nothing else of them is kept. Should two keys have
 * the same, they share a queue, which keeps the order of both; the one then waits for the other,
 * and that is all that happens.
 *
 * <p><b>Out of a queue</b> entries are taken from its head on, never past one that may not be
 * taken, and at most {@value #WINDOW} are taken or begun at once: a long queue is drained without
 * waiting for each load, and keeps little in memory. What is taken was loaded for nothing if one
 * before it fails again. {@link #begin} therefore has the last word, and nothing is taken while
 * entries are out that are not the first of their queue. {@link Turns} says which queue is served;
 * it yields its turn after {@value #PART} entries.
 *
 * <p><b>Dormant</b> entries are woken by their own record, or by the input having passed them. To
 * find those passed, the offsets that the input has gone through are looked up one by one, which
 * costs each record of the input a look-up while any is dormant, and nothing else; those whose
 * record was read and has yet to arrive are remembered, and looked at again.
 *
 * <p><b>Threads.</b> One lock, held shortly. Without any entry {@link #arrive} needs none: what
 * concerns a record are entries of its own key below it, made while its predecessors were executed,
 * which happened before it arrives, and entries of itself, made before the input was read. So it
 * cannot miss one that it had to see, and whatever else is added at the same time, another key's,
 * is none of its concern.
 *
 * <p><b>Memory</b>, see {@link #heapBytes}: primitive columns that grow and shrink by pages. At
 * most {@value #BYTES_PER_RECORD} bytes a record when queues are long, {@value
 * #BYTES_PER_LONE_RECORD} when each record is of another key; besides a few pages of {@value
 * #BYTES_IDLE} bytes together, and eight bytes for a record that was dormant when it was read and
 * has yet to arrive.
 */
final class KeyQueues implements ParkingIndex {

  /** Most bytes of a record that has many others in its queue. */
  static final int BYTES_PER_RECORD = 56;

  /** Most bytes of a record with a queue of its own, the hash tables at least half full. */
  static final int BYTES_PER_LONE_RECORD = 96;

  /** Most bytes of an index of few records. */
  static final int BYTES_IDLE = 48 * 1024;

  /** Most entries of a queue that are taken or begun at once. */
  static final int WINDOW = 32;

  /** Most entries of a queue that are taken before others have their turn. */
  static final int PART = 8;

  /** Most entries of a queue that is about to be free. */
  static final int SHORT = 64;

  /** Which queue a record belongs to. Thread-safe. */
  @FunctionalInterface
  interface Scope {

    /** {@return the number of the queue} */
    long of(byte @Nullable [] key, long offset);
  }

  private final Scope scope;
  private final int mostPerKey;
  private final Entries entries = new Entries();
  private final Queues queues = new Queues(entries, WINDOW);
  private final Awaited awaited = new Awaited();

  private KeyQueues(Scope scope, int mostPerKey) {
    this.scope = scope;
    this.mostPerKey = mostPerKey;
  }

  /**
   * Records of a key in the order of their offsets.
   *
   * @throws IllegalArgumentException when there may be no record
   */
  static KeyQueues ordered(int mostPerKey) {
    return ordered(mostPerKey, KeyHash::of);
  }

  /** As {@link #ordered(int)}, with a hash function of one's own. */
  static KeyQueues ordered(int mostPerKey, Hash hash) {
    if (mostPerKey < 1) {
      throw new IllegalArgumentException("a key cannot have at most " + mostPerKey + " records");
    }
    return new KeyQueues((key, offset) -> hash.of(key), mostPerKey);
  }

  /** Each record by itself. */
  static KeyQueues unordered() {
    return new KeyQueues((key, offset) -> offset, Integer.MAX_VALUE);
  }

  /** Hashes a key. */
  @FunctionalInterface
  interface Hash {

    /** {@return the hash} */
    long of(byte @Nullable [] key);
  }

  @Override
  public Arrival arrive(byte @Nullable [] key, long offset, boolean mayWait, long now) {
    return entries.size() == 0 ? Arrival.FREE : arrive(scope.of(key, offset), offset, mayWait, now);
  }

  private synchronized Arrival arrive(long of, long offset, boolean mayWait, long now) {
    int entry = entries.find(offset);
    if (entry != Entries.NONE) {
      wake(entry);
      return Arrival.STORED;
    }
    int queue = queues.find(of);
    if (queue == Queues.NONE || entries.offset(queues.head(queue)) > offset) {
      return Arrival.FREE;
    }
    if (mayWait && isAboutToBeFree(queue, now)) {
      return Arrival.SOON;
    }
    if (queues.size(queue) >= mostPerKey) {
      return Arrival.FULL;
    }
    queues.insert(entries.add(offset, of, 0));
    return Arrival.BEHIND;
  }

  /** Whether it is short, and nothing in it waits for a time or for the input. */
  private boolean isAboutToBeFree(int queue, long now) {
    if (queues.size(queue) > SHORT) {
      return false;
    }
    for (int e = queues.head(queue); e != Entries.NONE; e = entries.next(e)) {
      if (entries.state(e) == State.DORMANT || entries.due(e) > now) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean failed(byte @Nullable [] key, long offset, long due) {
    return failed(scope.of(key, offset), offset, due);
  }

  private synchronized boolean failed(long of, long offset, long due) {
    int entry = entries.find(offset);
    if (entry == Entries.NONE) {
      int queue = queues.find(of);
      if (queue != Queues.NONE && queues.size(queue) >= mostPerKey) {
        return false;
      }
      queues.insert(entries.add(offset, of, time(due)));
      return true;
    }
    entries.due(entry, time(due));
    become(entry, State.RESERVED);
    return true;
  }

  @Override
  public synchronized void stored(long offset, long place) {
    int entry = entries.find(offset);
    if (entry != Entries.NONE && entries.state(entry) == State.RESERVED) {
      entries.place(entry, place);
      become(entry, State.WAITING);
    }
  }

  @Override
  public synchronized boolean begin(long offset, long now) {
    int entry = entries.find(offset);
    if (entry == Entries.NONE || !entries.isOut(entry)) {
      return false;
    }
    // One that is begun again, in its place, may find that one before it has failed meanwhile.
    boolean may = entries.due(entry) <= now && queues.isFirstNotBegun(entry);
    become(entry, may ? State.BEGUN : State.WAITING);
    return may;
  }

  @Override
  public synchronized void putBack(long offset) {
    int entry = entries.find(offset);
    if (entry != Entries.NONE && entries.state(entry) == State.TAKEN) {
      become(entry, State.WAITING);
    }
  }

  @Override
  public synchronized void misplaced(long offset) {
    int entry = entries.find(offset);
    if (entry != Entries.NONE && entries.state(entry) == State.TAKEN) {
      become(entry, State.WAITING);
      entries.place(entry, -1);
    }
  }

  @Override
  public synchronized void remove(long offset) {
    int entry = entries.find(offset);
    if (entry != Entries.NONE) {
      drop(entry);
    }
  }

  @Override
  public synchronized int take(long until, int most, Taker taker) {
    int taken = 0;
    while (taken < most) {
      int queue = queues.turns().poll(until);
      if (queue == Queues.NONE) {
        break;
      }
      try {
        taken += take(queue, until, Math.min(PART, most - taken), taker);
      } finally {
        queues.settle(queue);
      }
    }
    return taken;
  }

  /** Takes from a queue that may be taken from. */
  private int take(int queue, long until, int most, Taker taker) {
    int taken = 0;
    int entry = queues.candidate(queue);
    while (taken < most
        && entry != Entries.NONE
        && entries.state(entry) == State.WAITING
        && entries.due(entry) <= until
        && queues.hasRoom(queue)) {
      taker.take(entries.offset(entry), entries.place(entry), entries.due(entry));
      queues.state(queue, entry, State.TAKEN);
      taken++;
      entry = entries.next(entry);
    }
    return taken;
  }

  @Override
  public synchronized long nextDue() {
    return queues.turns().nextDue();
  }

  @Override
  public synchronized long oldest() {
    return entries.lowest();
  }

  @Override
  public void found(byte @Nullable [] key, long offset, long place, long due) {
    found(scope.of(key, offset), offset, place, due);
  }

  private synchronized void found(long of, long offset, long place, long due) {
    int entry = entries.find(offset);
    if (entry == Entries.NONE) {
      entry = entries.add(offset, of, time(due));
      entries.place(entry, place);
      entries.state(entry, State.WAITING);
      queues.insert(entry);
    } else if (entries.isAtRest(entry) && place > entries.place(entry)) {
      entries.place(entry, place);
      entries.due(entry, time(due));
      become(entry, entries.state(entry));
    }
  }

  @Override
  public synchronized void erased(long offset, long place) {
    int entry = entries.find(offset);
    if (entry != Entries.NONE && entries.isAtRest(entry) && place > entries.place(entry)) {
      drop(entry);
    }
  }

  @Override
  public synchronized void open(long position) {
    awaited.from(position, entries.dormant() == 0);
    for (int e = 0; e < entries.size(); e++) {
      if (entries.offset(e) >= position && entries.state(e) == State.WAITING) {
        become(e, State.DORMANT);
      }
    }
  }

  @Override
  public boolean expects(long offset) {
    return entries.dormant() > 0 && isDormant(offset);
  }

  private synchronized boolean isDormant(long offset) {
    int entry = entries.find(offset);
    return entry != Entries.NONE && entries.state(entry) == State.DORMANT;
  }

  @Override
  public void passed(long position, LongPredicate coming) {
    if (entries.dormant() > 0) {
      wakePassed(position, coming);
    }
  }

  private synchronized void wakePassed(long position, LongPredicate coming) {
    awaited.retain(offset -> isDormant(offset) && !wakesAt(offset, position, coming));
    if (position - awaited.next() > entries.size()) {
      for (int e = 0; e < entries.size(); e++) {
        long offset = entries.offset(e);
        if (offset >= awaited.next() && offset < position) {
          pass(e, position, coming);
        }
      }
    } else {
      for (long offset = awaited.next(); offset < position; offset++) {
        int entry = entries.find(offset);
        if (entry != Entries.NONE) {
          pass(entry, position, coming);
        }
      }
    }
    awaited.passed(position);
  }

  private void pass(int entry, long position, LongPredicate coming) {
    long offset = entries.offset(entry);
    if (entries.state(entry) == State.DORMANT && !wakesAt(offset, position, coming)) {
      awaited.add(offset);
    }
  }

  /** Wakes a dormant entry if it lies below and will not come, and says whether it did. */
  private boolean wakesAt(long offset, long position, LongPredicate coming) {
    boolean wakes = offset < position && !coming.test(offset);
    if (wakes) {
      wake(entries.find(offset));
    }
    return wakes;
  }

  private void wake(int entry) {
    if (entries.state(entry) == State.DORMANT) {
      become(entry, State.WAITING);
    }
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public synchronized int keys() {
    return queues.count();
  }

  @Override
  public synchronized long heapBytes() {
    return entries.heapBytes() + queues.heapBytes() + awaited.heapBytes();
  }

  private void become(int entry, State state) {
    int queue = queues.find(entries.scope(entry));
    queues.state(queue, entry, state);
    queues.settle(queue);
    forgetAwaited();
  }

  private void drop(int entry) {
    queues.unlink(entry);
    int last = entries.vacate(entry);
    if (last != entry) {
      queues.entryMoved(last, entry);
    }
    entries.dropLast();
    forgetAwaited();
  }

  private void forgetAwaited() {
    if (entries.dormant() == 0) {
      awaited.clear();
    }
  }

  /** Before 1970 is at once, as is 0. */
  private static long time(long due) {
    return Math.max(0, due);
  }
}
