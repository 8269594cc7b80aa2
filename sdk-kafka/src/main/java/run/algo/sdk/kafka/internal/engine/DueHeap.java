package run.algo.sdk.kafka.internal.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Records in the order of their due times, those of one due time in the order of their offsets: a
 * binary heap in three arrays, since there may be a million of them. Not thread-safe.
 */
final class DueHeap {

  private static final int LEAST = 16;

  private long[] dues = new long[LEAST];
  private @Nullable RecordBatch[] batches = new RecordBatch[LEAST];
  private int[] indexes = new int[LEAST];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** How many there is room for without growing. */
  int capacity() {
    return dues.length;
  }

  /** When the first is due; the largest number when there is none. */
  long due() {
    return size == 0 ? Long.MAX_VALUE : dues[0];
  }

  /** The batch of the first. */
  RecordBatch batch() {
    RecordBatch first = batches[0];
    if (first == null) {
      throw new IllegalStateException("nothing waits");
    }
    return first;
  }

  /** The index of the first within its batch. */
  int index() {
    return indexes[0];
  }

  void add(long due, RecordBatch batch, int index) {
    if (size == dues.length) {
      resize(size + (size >> 1));
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!before(due, batch, index, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    put(at, due, batch, index);
  }

  /** Takes the first out. */
  void remove() {
    int last = --size;
    long due = dues[last];
    RecordBatch batch = batches[last];
    int index = indexes[last];
    batches[last] = null;
    if (last > 0 && batch != null) {
      sink(due, batch, index);
    }
    if (dues.length > LEAST && size < dues.length / 4) {
      resize(Math.max(LEAST, dues.length / 2));
    }
  }

  void clear() {
    size = 0;
    resize(LEAST);
    Arrays.fill(batches, null);
  }

  private void sink(long due, RecordBatch batch, int index) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      if (before(due, batch, index, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    put(at, due, batch, index);
  }

  private void put(int at, long due, RecordBatch batch, int index) {
    dues[at] = due;
    batches[at] = batch;
    indexes[at] = index;
  }

  private void move(int from, int to) {
    dues[to] = dues[from];
    batches[to] = batches[from];
    indexes[to] = indexes[from];
  }

  private boolean before(int one, int other) {
    RecordBatch batch = batches[one];
    return batch != null && before(dues[one], batch, indexes[one], other);
  }

  private boolean before(long due, RecordBatch batch, int index, int other) {
    if (due != dues[other]) {
      return due < dues[other];
    }
    RecordBatch its = batches[other];
    return its != null && batch.offset(index) < its.offset(indexes[other]);
  }

  private void resize(int length) {
    dues = Arrays.copyOf(dues, length);
    batches = Arrays.copyOf(batches, length);
    indexes = Arrays.copyOf(indexes, length);
  }
}
