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

  /** The input is read from here, perhaps once more. */
  void from(boolean anew, long position) {
    next = anew ? position : Math.min(next, position);
    if (anew) {
      size = 0;
    }
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

  /** Drops what need not be looked at again. */
  void retain(LongPredicate kept) {
    int before = size;
    size = 0;
    for (int i = 0; i < before; i++) {
      if (kept.test(offsets[i])) {
        offsets[size++] = offsets[i];
      }
    }
    if (offsets.length > SMALLEST && size < offsets.length / 4) {
      offsets = Arrays.copyOf(offsets, offsets.length / 2);
    }
  }

  /** {@return bytes of its array} */
  long heapBytes() {
    return Memory.array(offsets.length, Long.BYTES);
  }
}
