package run.algo.sdk.kafka.internal.engine;

import java.util.Arrays;

/**
 * When which offset of a partition was read, roughly and in little memory: positions and their
 * times, thinned out as they become many, so that a day is known to within minutes and a minute to
 * within a second. Not thread-safe.
 */
final class Ages {

  private static final int MOST = 256;

  private final long[] positions = new long[MOST];
  private final long[] times = new long[MOST];
  private int size;

  /** The next offset to be read is this. */
  void position(long position, long now) {
    if (position < 0 || (size > 0 && position <= positions[size - 1])) {
      return; // what is read next is read later than this
    }
    if (size == MOST) {
      thin();
    }
    positions[size] = position;
    times[size] = now;
    size++;
  }

  /** Every other one of the older half goes. */
  private void thin() {
    int kept = 0;
    for (int i = 0; i < MOST; i++) {
      if (i >= MOST / 2 || i % 2 == 0) {
        positions[kept] = positions[i];
        times[kept] = times[i];
        kept++;
      }
    }
    size = kept;
  }

  /**
   * When an offset was read, at the earliest known: before the first look, the first look.
   *
   * @param offset the offset
   * @param now what is told of an offset that has not been read
   */
  long read(long offset, long now) {
    int at = Arrays.binarySearch(positions, 0, size, offset);
    int after = at >= 0 ? at : -at - 1; // the first position that is not before it
    if (after == size) {
      return size == 0 ? now : times[size - 1];
    }
    return times[after];
  }
}
