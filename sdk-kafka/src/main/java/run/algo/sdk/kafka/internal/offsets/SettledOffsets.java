package run.algo.sdk.kafka.internal.offsets;

import java.util.Arrays;

/**
 * Offsets that were settled beyond a committed one, as commit metadata keeps them. Offsets that no
 * record has may be among them. Immutable.
 */
public final class SettledOffsets {

  /** Takes a run of settled offsets, both ends inclusive. */
  @FunctionalInterface
  public interface RunConsumer {
    void accept(long first, long last);
  }

  private final long base;
  private final long[] firsts;
  private final long[] lasts;

  private SettledOffsets(long base, long[] firsts, long[] lasts) {
    this.base = base;
    this.firsts = firsts;
    this.lasts = lasts;
  }

  /**
   * Nothing.
   *
   * @param base the committed offset
   * @return no offsets
   */
  public static SettledOffsets none(long base) {
    return new SettledOffsets(base, new long[0], new long[0]);
  }

  /** {@return whether an offset is settled} */
  public boolean contains(long offset) {
    int run = firstRunEndingAtOrAfter(offset);
    return run < firsts.length && firsts[run] <= offset;
  }

  /** {@return whether none is settled} */
  public boolean isEmpty() {
    return firsts.length == 0;
  }

  /** One past the last settled offset; the committed offset when there is none. */
  public long end() {
    return isEmpty() ? base : lasts[lasts.length - 1] + 1;
  }

  /** Hands over the runs in increasing order, of the offsets at or after the one given. */
  public void forEachRun(long from, RunConsumer consumer) {
    for (int run = firstRunEndingAtOrAfter(from); run < firsts.length; run++) {
      consumer.accept(Math.max(from, firsts[run]), lasts[run]);
    }
  }

  private int firstRunEndingAtOrAfter(long offset) {
    int found = Arrays.binarySearch(lasts, offset);
    return found < 0 ? -found - 1 : found;
  }

  /** The settled runs, for the log. */
  @Override
  public String toString() {
    return firsts.length + " runs of settled offsets from " + base + " to " + end();
  }

  /** Collects runs in increasing order. */
  static final class Collector {

    private final long base;
    private long[] firsts = new long[16];
    private long[] lasts = new long[16];
    private int runs;

    Collector(long base) {
      this.base = base;
    }

    /** Adds a run beyond all that were added; it is joined with one that it touches. */
    void add(long first, long last) {
      if (runs > 0 && lasts[runs - 1] + 1 == first) {
        lasts[runs - 1] = last;
        return;
      }
      if (runs == firsts.length) {
        firsts = Arrays.copyOf(firsts, runs * 2);
        lasts = Arrays.copyOf(lasts, runs * 2);
      }
      firsts[runs] = first;
      lasts[runs++] = last;
    }

    SettledOffsets collected() {
      return new SettledOffsets(base, Arrays.copyOf(firsts, runs), Arrays.copyOf(lasts, runs));
    }
  }
}
