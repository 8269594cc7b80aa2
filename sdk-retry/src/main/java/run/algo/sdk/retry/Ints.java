package run.algo.sdk.retry;

import java.util.Arrays;

/**
 * A column of a table: ints by slot, in pages, so that it grows and shrinks without being copied
 * and never is much larger than what it holds. Not thread-safe.
 */
final class Ints {

  /** Small, since a partition with one parked record has a page of each column. */
  private static final int SHIFT = 8;

  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;

  /** The pages, then nulls. */
  private int[][] pages = new int[0][];

  private int allocated;
  private int size;

  int size() {
    return size;
  }

  int get(int slot) {
    return pages[slot >>> SHIFT][slot & MASK];
  }

  void set(int slot, int value) {
    pages[slot >>> SHIFT][slot & MASK] = value;
  }

  /** Sets a slot to what another holds. */
  void copy(int from, int to) {
    set(to, get(from));
  }

  /** Appends a slot. */
  void add(int value) {
    if (size == allocated << SHIFT) {
      if (allocated == pages.length) {
        pages = Arrays.copyOf(pages, Math.max(1, allocated * 2));
      }
      pages[allocated++] = new int[PAGE];
    }
    set(size++, value);
  }

  /** Drops the last slot; of the pages that are not needed one is kept, for what comes and goes. */
  @SuppressWarnings("NullAway") // the pages after the allocated ones are never read
  void removeLast() {
    size--;
    int needed = (size + MASK) >>> SHIFT;
    if (allocated > needed + 1) {
      pages[--allocated] = null;
      if (allocated * 4 <= pages.length) {
        pages = Arrays.copyOf(pages, pages.length / 2);
      }
    }
  }

  /** {@return bytes of its arrays} */
  long heapBytes() {
    return Memory.array(pages.length, Memory.REFERENCE)
        + allocated * Memory.array(PAGE, Integer.BYTES);
  }
}
