package run.algo.sdk.retry;

import java.util.function.IntToLongFunction;

/**
 * Which queue is served next: of those whose next record is due at a time the one that is due
 * first, by a heap; of those whose next record waits for no time, since it follows another, the one
 * that waited longest, by a list. Where there are both they take turns, so that neither keys that
 * are drained nor keys that fall due keep the others waiting.
 *
 * <p>Not thread-safe.
 */
final class Turns {

  /** No queue. */
  static final int NONE = SlotTable.NONE;

  // What is in link besides queues
  private static final int OUTSIDE = -2;
  private static final int IN_HEAP = -3;

  /** When the next record of a queue is due; 0 where it waits for no time. */
  private final IntToLongFunction dues;

  private final Ints heap = new Ints();

  /** By queue: the one after it in the list, {@link #NONE} for the last, or where else it is. */
  private final Ints link = new Ints();

  /** By queue: its position in the heap, or the one before it in the list. */
  private final Ints back = new Ints();

  private int first = NONE;
  private int last = NONE;
  private boolean timedIsNext;

  Turns(IntToLongFunction dues) {
    this.dues = dues;
  }

  /** A queue is there, the next by number; it waits for no turn. */
  void add() {
    link.add(OUTSIDE);
    back.add(NONE);
  }

  /**
   * The last queue gets the number of one that waits for no turn and is gone; it may be that one.
   */
  void replaceByLast(int queue) {
    int moved = link.size() - 1;
    if (moved != queue) {
      link.copy(moved, queue);
      back.copy(moved, queue);
      if (isInHeap(queue)) {
        heap.set(back.get(queue), queue);
      } else if (isInList(queue)) {
        join(back.get(queue), queue);
        join(queue, link.get(queue));
      }
    }
    link.removeLast();
    back.removeLast();
  }

  /** A queue has a next record, or one of another time: it gets the turn that this deserves. */
  void enter(int queue) {
    boolean timed = dues.applyAsLong(queue) > 0;
    if (timed ? isInList(queue) : isInHeap(queue)) {
      leave(queue);
    }
    if (isInHeap(queue)) {
      sift(queue);
    } else if (timed) {
      link.set(queue, IN_HEAP);
      back.set(queue, heap.size());
      heap.add(queue);
      sift(queue);
    } else if (!isInList(queue)) {
      join(last, queue);
      join(queue, NONE);
    }
  }

  /** A queue waits for no turn, if it did; it may have no next record any more. */
  void leave(int queue) {
    if (isInHeap(queue)) {
      int position = back.get(queue);
      int filler = heap.get(heap.size() - 1);
      heap.removeLast();
      if (filler != queue) {
        place(filler, position);
        sift(filler);
      }
    } else if (isInList(queue)) {
      join(back.get(queue), link.get(queue));
    }
    link.set(queue, OUTSIDE);
  }

  /** Takes the queue that is served next out, or {@link #NONE} when nothing is due by then. */
  int poll(long until) {
    boolean timed = heap.size() > 0 && dues.applyAsLong(heap.get(0)) <= until;
    boolean untimed = first != NONE && until >= 0;
    if (!timed && !untimed) {
      return NONE;
    }
    boolean takeTimed = timed && (timedIsNext || !untimed);
    timedIsNext = !takeTimed;
    int queue = takeTimed ? heap.get(0) : first;
    leave(queue);
    return queue;
  }

  /** {@return the earliest due time; {@link Long#MAX_VALUE} when no queue waits} */
  long nextDue() {
    if (first != NONE) {
      return 0;
    }
    return heap.size() == 0 ? Long.MAX_VALUE : dues.applyAsLong(heap.get(0));
  }

  /** {@return bytes of its arrays} */
  long heapBytes() {
    return heap.heapBytes() + link.heapBytes() + back.heapBytes();
  }

  private boolean isInHeap(int queue) {
    return link.get(queue) == IN_HEAP;
  }

  private boolean isInList(int queue) {
    return link.get(queue) >= NONE;
  }

  /** Makes one follow the other in the list; none stands for its ends. */
  private void join(int one, int other) {
    if (one == NONE) {
      first = other;
    } else {
      link.set(one, other);
    }
    if (other == NONE) {
      last = one;
    } else {
      back.set(other, one);
    }
  }

  private void sift(int queue) {
    long due = dues.applyAsLong(queue);
    int position = back.get(queue);
    while (position > 0 && due < dueAt((position - 1) / 2)) {
      place(heap.get((position - 1) / 2), position);
      position = (position - 1) / 2;
    }
    for (int child = earlierChild(position);
        child < heap.size() && dueAt(child) < due;
        child = earlierChild(position)) {
      place(heap.get(child), position);
      position = child;
    }
    place(queue, position);
  }

  private int earlierChild(int position) {
    int left = 2 * position + 1;
    return left + 1 < heap.size() && dueAt(left + 1) < dueAt(left) ? left + 1 : left;
  }

  private long dueAt(int position) {
    return dues.applyAsLong(heap.get(position));
  }

  private void place(int queue, int position) {
    heap.set(position, queue);
    back.set(queue, position);
  }
}
