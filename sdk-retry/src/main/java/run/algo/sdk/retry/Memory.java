package run.algo.sdk.retry;

/** How large arrays are. */
final class Memory {

  /** Without compressed pointers; with them a bit less is used than is said. */
  static final int REFERENCE = Long.BYTES;

  private static final int HEADER = 16;

  private Memory() {}

  /** {@return bytes of an array} */
  static long array(int length, int bytesEach) {
    return HEADER + (long) length * bytesEach;
  }
}
