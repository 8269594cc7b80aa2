package run.algo.sdk.storage;

import java.util.ArrayDeque;

/**
 * Memory for parts, in pieces that no garbage collector takes for huge ones. What is given back is
 * kept up to a limit. Thread-safe.
 */
final class SegmentPool {

  /** Length of a segment in bytes. */
  static final int SEGMENT = 64 * 1024;

  private final ArrayDeque<byte[]> free = new ArrayDeque<>();
  private final int keep;
  private int taken;
  private int mostTaken;

  SegmentPool(long keepBytes) {
    keep = (int) Math.min(Integer.MAX_VALUE, keepBytes / SEGMENT);
  }

  synchronized byte[] take() {
    taken++;
    mostTaken = Math.max(mostTaken, taken);
    byte[] segment = free.pollLast();
    return segment == null ? new byte[SEGMENT] : segment;
  }

  synchronized void giveBack(byte[] segment) {
    taken--;
    if (free.size() < keep) {
      free.addLast(segment);
    }
  }

  /** Bytes that are out now. */
  synchronized long bytesTaken() {
    return (long) taken * SEGMENT;
  }

  /** The most bytes that were out at once. */
  synchronized long mostBytesTaken() {
    return (long) mostTaken * SEGMENT;
  }
}
