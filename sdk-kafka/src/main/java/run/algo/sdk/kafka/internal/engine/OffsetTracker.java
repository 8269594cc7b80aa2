package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayDeque;

/**
 * Finds how far a partition may be committed: the offset of its first record that is not settled,
 * or the consumer's position when there is none. Used by the owner thread alone.
 */
final class OffsetTracker {

  private final ArrayDeque<RecordBatch> batches = new ArrayDeque<>();

  /** Records of the first batch known to be settled. */
  private int cursor;

  private long position;

  /**
   * A tracker.
   *
   * @param position the offset that is read first, or -1 while it is not known
   */
  OffsetTracker(long position) {
    this.position = position;
  }

  void add(RecordBatch batch) {
    batches.add(batch);
  }

  /** The consumer has read up to, but not including, this offset. */
  void position(long next) {
    position = next;
  }

  /** The offset up to which all is settled, or -1 while nothing is known. */
  long frontier() {
    RecordBatch first = batches.peek();
    while (first != null) {
      while (cursor < first.size() && first.isSettled(cursor)) {
        cursor++;
      }
      if (cursor < first.size()) {
        return first.record(cursor).offset();
      }
      batches.remove();
      cursor = 0;
      first = batches.peek();
    }
    return position;
  }

  /** How many records are read and not settled. */
  int unsettled() {
    int count = 0;
    for (RecordBatch batch : batches) {
      count += batch.unsettled();
    }
    return count;
  }

  /** Cuts the way back of all records; returns how many are released by this. */
  int abandon() {
    int released = 0;
    for (RecordBatch batch : batches) {
      released += batch.abandon();
    }
    batches.clear();
    cursor = 0;
    return released;
  }
}
