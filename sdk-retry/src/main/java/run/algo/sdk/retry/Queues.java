package run.algo.sdk.retry;

import run.algo.sdk.retry.Entries.State;

/**
 * The queues of an index: of each its entries in the order of their offsets, how many of them are
 * out (taken or begun), and which is to be taken next. Like {@link Entries} they use the first
 * numbers alone. A queue is there as long as it has entries.
 *
 * <p>Not thread-safe.
 */
final class Queues {

  /** No queue, no entry. */
  static final int NONE = SlotTable.NONE;

  private final Entries entries;

  /** How many entries of a queue may be out at once. */
  private final int window;

  private final Ints heads = new Ints();
  private final Ints tails = new Ints();
  private final Ints sizes = new Ints();
  private final Ints outs = new Ints();

  /** The entry to be taken next, or {@link #NONE} when the queue may not be taken from. */
  private final Ints candidates = new Ints();

  private final SlotTable byScope = new SlotTable(queue -> scope(queue));
  private final Turns turns = new Turns(queue -> due(queue));

  Queues(Entries entries, int window) {
    this.entries = entries;
    this.window = window;
  }

  int count() {
    return heads.size();
  }

  /** {@return the queue of a scope, or {@link #NONE}} */
  int find(long scope) {
    return byScope.find(scope);
  }

  int head(int queue) {
    return heads.get(queue);
  }

  int size(int queue) {
    return sizes.get(queue);
  }

  /** {@return whether one more may be out} */
  boolean hasRoom(int queue) {
    return outs.get(queue) < window;
  }

  int candidate(int queue) {
    return candidates.get(queue);
  }

  Turns turns() {
    return turns;
  }

  /** Puts a new entry into the queue of its scope, at the place of its offset; it is not out. */
  void insert(int entry) {
    long scope = entries.scope(entry);
    int queue = find(scope);
    if (queue == NONE) {
      queue = heads.size();
      heads.add(entry);
      tails.add(entry);
      sizes.add(1);
      outs.add(0);
      candidates.add(NONE);
      turns.add();
      byScope.add(scope, queue);
    } else {
      int before = before(queue, entries.offset(entry));
      int after = before == NONE ? heads.get(queue) : entries.next(before);
      entries.link(before, entry);
      entries.link(entry, after);
      if (before == NONE) {
        heads.set(queue, entry);
      }
      if (after == NONE) {
        tails.set(queue, entry);
      }
      sizes.set(queue, sizes.get(queue) + 1);
    }
    settle(queue);
  }

  /** Takes an entry out of its queue, which may end with it. */
  void unlink(int entry) {
    int queue = find(entries.scope(entry));
    if (sizes.get(queue) == 1) {
      removeQueue(queue);
      return;
    }
    int before = entries.previous(entry);
    int after = entries.next(entry);
    entries.link(before, after);
    if (before == NONE) {
      heads.set(queue, after);
    }
    if (after == NONE) {
      tails.set(queue, before);
    }
    sizes.set(queue, sizes.get(queue) - 1);
    if (entries.isOut(entry)) {
      outs.set(queue, outs.get(queue) - 1);
    }
    settle(queue);
  }

  /** What stands in one slot now stands in another as well, and is to be found there. */
  void entryMoved(int from, int to) {
    int queue = find(entries.scope(to));
    replace(heads, queue, from, to);
    replace(tails, queue, from, to);
    replace(candidates, queue, from, to);
  }

  /** Changes the state of an entry; {@link #settle} is to be called then. */
  void state(int queue, int entry, State state) {
    int before = entries.isOut(entry) ? 1 : 0;
    entries.state(entry, state);
    int after = entries.isOut(entry) ? 1 : 0;
    outs.set(queue, outs.get(queue) + after - before);
  }

  /** Reckons anew which entry is next, and gives the queue the turn that this deserves. */
  void settle(int queue) {
    int candidate = reckonCandidate(queue);
    candidates.set(queue, candidate);
    if (candidate == NONE) {
      turns.leave(queue);
    } else {
      turns.enter(queue);
    }
  }

  /** {@return whether all before it in its queue are begun} */
  boolean isFirstNotBegun(int entry) {
    int e = entries.previous(entry);
    while (e != NONE && entries.state(e) == State.BEGUN) {
      e = entries.previous(e);
    }
    return e == NONE;
  }

  /** {@return bytes of its arrays} */
  long heapBytes() {
    return heads.heapBytes()
        + tails.heapBytes()
        + sizes.heapBytes()
        + outs.heapBytes()
        + candidates.heapBytes()
        + byScope.heapBytes()
        + turns.heapBytes();
  }

  /**
   * The first entry that is not out, if it waits and those that are out are all before it. When
   * they are not, one of them failed again or came late, and those behind it must come back first.
   */
  private int reckonCandidate(int queue) {
    if (!hasRoom(queue)) {
      return NONE;
    }
    int e = heads.get(queue);
    for (int i = outs.get(queue); i > 0; i--) {
      if (!entries.isOut(e)) {
        return NONE;
      }
      e = entries.next(e);
    }
    return e != NONE && entries.state(e) == State.WAITING ? e : NONE;
  }

  /** The entry after which an offset belongs: from both ends, for that is where most belong. */
  private int before(int queue, long offset) {
    int front = heads.get(queue);
    int rear = tails.get(queue);
    while (entries.offset(rear) > offset) {
      if (entries.offset(front) > offset) {
        return entries.previous(front);
      }
      front = entries.next(front);
      rear = entries.previous(rear);
    }
    return rear;
  }

  private void removeQueue(int queue) {
    turns.leave(queue);
    byScope.remove(scope(queue), queue);
    int last = heads.size() - 1;
    if (last != queue) {
      byScope.move(scope(last), last, queue);
      heads.copy(last, queue);
      tails.copy(last, queue);
      sizes.copy(last, queue);
      outs.copy(last, queue);
      candidates.copy(last, queue);
    }
    turns.replaceByLast(queue);
    heads.removeLast();
    tails.removeLast();
    sizes.removeLast();
    outs.removeLast();
    candidates.removeLast();
  }

  private static void replace(Ints column, int queue, int from, int to) {
    if (column.get(queue) == from) {
      column.set(queue, to);
    }
  }

  private long scope(int queue) {
    return entries.scope(heads.get(queue));
  }

  private long due(int queue) {
    return entries.due(candidates.get(queue));
  }
}
