package run.algo.sdk.kafka.internal.engine;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Scope;

/**
 * The records of one key that are in flight, in their order: each is {@linkplain RecordBatch#link
 * linked} to its successor, and the lane knows the one to run and, for the owner thread, the last.
 *
 * <p>A lane is busy from its first record until a worker finds no successor. Between that look and
 * the lane's becoming idle the owner may link one more: both write first (the link, the idle state)
 * and look at what the other writes afterwards, so that one of them sees it, and who then makes the
 * lane busy again is the one to run it. The state counts, odd while busy, so that a worker that was
 * held up after its look cannot take a lane that has been busy and idle again meanwhile; and the
 * owner, which may be held up after its link, asks the record itself whether it was begun since.
 */
class KeyLane implements Scope {

  private final KeyDispatcher dispatcher;

  /** Odd while busy; every change adds one. */
  private final AtomicLong state = new AtomicLong();

  // The owner thread's
  private byte @Nullable [] key;
  private int hash;
  private @Nullable RecordBatch lastBatch;
  private int lastIndex;

  // Whoever runs the lane; handed over through the queue of ready lanes
  private @Nullable RecordBatch batch;
  private int index;

  KeyLane(KeyDispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  // For the owner thread

  /** Takes the lane into use for a key. */
  void use(byte @Nullable [] newKey, int newHash) {
    key = newKey;
    hash = newHash;
    lastBatch = null;
  }

  int hash() {
    return hash;
  }

  boolean is(byte @Nullable [] other, int otherHash) {
    return hash == otherHash && Arrays.equals(key, other);
  }

  /**
   * Whether all of its records have been begun and no worker is with it. That it is not busy is not
   * enough: so is a lane whose worker has yet to see the latest link.
   */
  boolean idle() {
    RecordBatch last = lastBatch;
    return !busy(state.get()) && (last == null || !last.isWaiting(lastIndex));
  }

  /**
   * Adds a record.
   *
   * @return whether the lane has to be made ready, with this record as its first
   */
  boolean append(RecordBatch newBatch, int newIndex) {
    RecordBatch last = lastBatch;
    if (last != null) {
      last.link(lastIndex, newBatch, newIndex);
      heldUp();
    }
    lastBatch = newBatch;
    lastIndex = newIndex;
    long now = state.get();
    // An idle lane may have been through the new record already, if its worker saw the link.
    if (busy(now) || !newBatch.isWaiting(newIndex) || !state.compareAndSet(now, now + 1)) {
      return false;
    }
    batch = newBatch;
    index = newIndex;
    return true;
  }

  // For whoever runs the lane

  RecordBatch batch() {
    RecordBatch current = batch;
    if (current == null) {
      throw new IllegalStateException("a lane runs that has no record");
    }
    return current;
  }

  int index() {
    return index;
  }

  /** Goes to the successor; false when there is none, and the lane is another's from then on. */
  boolean advance() {
    RecordBatch done = batch();
    int doneIndex = index;
    RecordBatch next = done.nextBatch(doneIndex);
    if (next == null) {
      batch = null;
      long idle = state.get() + 1; // nobody else changes the state of a busy lane
      state.set(idle);
      heldUp();
      next = done.nextBatch(doneIndex);
      heldUp();
      if (next == null || !state.compareAndSet(idle, idle + 1)) {
        return false;
      }
    }
    batch = next;
    index = done.nextIndex(doneIndex);
    return true;
  }

  /** Where a thread may be held up for any time; the test of the hand-over does so. */
  void heldUp() {
    // goes on
  }

  private static boolean busy(long state) {
    return (state & 1) == 1;
  }

  @Override
  public void resume(Runnable rest) {
    dispatcher.resume(this, rest);
  }
}
