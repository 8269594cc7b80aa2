package run.algo.sdk.benchmarks.storage;

/**
 * The most memory that was in use, in bytes.
 *
 * @param heap of the heap, garbage included
 * @param live of the heap right after a collection, 0 where there was none
 * @param direct of direct buffers, those of Netty included
 * @param nativeMemory of what the CRT has allocated, 0 without it
 * @param resident of the whole process, 0 where the system does not tell
 */
record Peaks(long heap, long live, long direct, long nativeMemory, long resident) {

  static final Peaks NONE = new Peaks(0, 0, 0, 0, 0);

  /** The greater of each. */
  Peaks max(Peaks other) {
    return new Peaks(
        Math.max(heap, other.heap),
        Math.max(live, other.live),
        Math.max(direct, other.direct),
        Math.max(nativeMemory, other.nativeMemory),
        Math.max(resident, other.resident));
  }
}
