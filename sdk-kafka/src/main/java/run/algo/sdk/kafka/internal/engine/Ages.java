package run.algo.sdk.kafka.internal.engine;

import java.util.Arrays;

/**
 * When which offset of a partition was read, roughly and in little memory: positions and their
 * times, thinned out as they become many, so that each is known to within a few hundredths of its
 * age. Not thread-safe.
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
      thin(now);
    }
    positions[size] = position;
    times[size] = now;
    size++;
  }

  /** That one goes whose absence makes the least difference, compared with how old it is. */
  private void thin(long now) {
    int least = 1;
    double smallest = Double.MAX_VALUE;
    for (int i = 1; i < MOST - 1; i++) {
      double gap = (double) (times[i + 1] - times[i - 1]) / (now - times[i - 1]);
      if (gap < smallest) {
        smallest = gap;
        least = i;
      }
    }
    System.arraycopy(positions, least + 1, positions, least, MOST - least - 1);
    System.arraycopy(times, least + 1, times, least, MOST - least - 1);
    size--;
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
