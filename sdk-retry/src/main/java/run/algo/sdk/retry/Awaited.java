package run.algo.sdk.retry;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * How far the input was read that dormant entries wait for, and the offsets among those read whose
 * records have yet to arrive. Not thread-safe.
 */
final class Awaited {

  private static final int SMALLEST = 16;

  private long[] offsets = new long[SMALLEST];
  private int size;
  private long next;

  /** {@return the offset from which on nothing was looked at yet} */
  long next() {
    return next;
  }

  /** The input is read from here, for the first time or once more. */
  void from(long position, boolean isFirst) {
    next = isFirst ? position : Math.min(next, position);
  }

  /** All below was looked at. */
  void passed(long position) {
    next = Math.max(next, position);
  }

  void add(long offset) {
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, size * 2);
    }
    offsets[size++] = offset;
  }

  /** Drops what need not be looked at again; all may be cleared meanwhile. */
  void retain(LongPredicate kept) {
    long[] before = Arrays.copyOf(offsets, size);
    clear();
    for (long offset : before) {
      if (kept.test(offset)) {
        add(offset);
      }
    }
  }

  /** Nothing is dormant any more. */
  void clear() {
    size = 0;
    if (offsets.length > SMALLEST) {
      offsets = new long[SMALLEST];
    }
  }

  /** {@return bytes of its array} */
  long heapBytes() {
    return Memory.array(offsets.length, Long.BYTES);
  }
}
