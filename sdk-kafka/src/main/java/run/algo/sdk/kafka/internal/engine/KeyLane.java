package run.algo.sdk.kafka.internal.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Scope;

/**
 * The records of one key that are in flight, in their order: each is {@linkplain RecordBatch#link
 * linked} to its successor, and the lane knows the one to run and, for the owner thread, the last.
 *
 * <p>A lane is busy from its first record until a worker finds no successor. That look and the
 * owner's link exclude each other by a lock of the lane's own, which is contended only when both
 * meet on one key at one moment.
 */
class KeyLane implements Scope {

  private final KeyDispatcher dispatcher;

  // The owner thread's
  private byte @Nullable [] key;
  private int hash;

  /** Under the lane's lock; null exactly while the lane is idle. */
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
  }

  int hash() {
    return hash;
  }

  boolean is(byte @Nullable [] other, int otherHash) {
    return hash == otherHash && Arrays.equals(key, other);
  }

  /** Whether it has no record that waits or is executed. */
  synchronized boolean idle() {
    return lastBatch == null;
  }

  /**
   * Adds a record.
   *
   * @return whether the lane has to be made ready, with this record as its first
   */
  boolean append(RecordBatch newBatch, int newIndex) {
    heldUp();
    synchronized (this) {
      RecordBatch last = lastBatch;
      int at = lastIndex;
      lastBatch = newBatch;
      lastIndex = newIndex;
      if (last != null) {
        last.link(at, newBatch, newIndex);
        return false;
      }
      batch = newBatch;
      index = newIndex;
      return true;
    }
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
    heldUp();
    synchronized (this) {
      RecordBatch done = batch();
      RecordBatch next = done.nextBatch(index);
      if (next == null) {
        batch = null;
        lastBatch = null; // an idle lane may stay for long, and must not keep a batch
        return false;
      }
      batch = next;
      int followed = index;
      index = done.nextIndex(followed);
      done.unlink(followed); // else whoever holds a batch would hold all that came after it
      return true;
    }
  }

  /** Where a thread may be held up for any time; the test of the hand-over does so. */
  void heldUp() {
    // goes on
  }

  @Override
  public void resume(Runnable rest, long nanos) {
    dispatcher.resume(this, rest, nanos);
  }

  @Override
  public void held(long nanos) {
    dispatcher.held(nanos);
  }
}
