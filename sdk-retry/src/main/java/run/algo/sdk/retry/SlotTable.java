package run.algo.sdk.retry;

import java.util.function.IntToLongFunction;

/**
 * Finds the slot of a number, such as an offset: a hash table of slots alone, with open addressing
 * and linear probing; the numbers stay in the slots. Not thread-safe.
 *
 * <p>Between 3/16 and 3/4 full, 3/8 and 3/4 as long as it only grows, unless it is very small. What
 * is removed leaves no mark: those behind it move up, so that it does not wear out.
 */
final class SlotTable {

  /** Of a number that has no slot. */
  static final int NONE = -1;

  private static final int SMALLEST = 64;

  /** Asks for the number of a slot; slots of the table have theirs at any time. */
  private final IntToLongFunction numbers;

  /** Slots, plus 1; 0 where there is none. */
  private int[] places = new int[SMALLEST];

  private int size;

  SlotTable(IntToLongFunction numbers) {
    this.numbers = numbers;
  }

  /** {@return the slot of a number, or {@link #NONE}} */
  int find(long number) {
    for (int i = home(number); places[i] != 0; i = after(i)) {
      int slot = places[i] - 1;
      if (numbers.applyAsLong(slot) == number) {
        return slot;
      }
    }
    return NONE;
  }

  /** Adds the slot of a number that has none. */
  void add(long number, int slot) {
    if (++size > places.length / 4 * 3) {
      resize(places.length * 2);
    }
    put(number, slot);
  }

  /** A number that is there has moved to another slot. */
  void move(long number, int from, int to) {
    places[placeOf(number, from)] = to + 1;
  }

  /** Removes a number that is there. */
  void remove(long number, int slot) {
    int gap = placeOf(number, slot);
    for (int i = after(gap); places[i] != 0; i = after(i)) {
      int home = home(numbers.applyAsLong(places[i] - 1));
      // It may move into the gap unless its home lies behind that.
      if (((i - home) & mask()) >= ((i - gap) & mask())) {
        places[gap] = places[i];
        gap = i;
      }
    }
    places[gap] = 0;
    size--;
    if (places.length > SMALLEST && size < places.length / 16 * 3) {
      resize(places.length / 2);
    }
  }

  /** {@return bytes of its array} */
  long heapBytes() {
    return Memory.array(places.length, Integer.BYTES);
  }

  private int placeOf(long number, int slot) {
    int i = home(number);
    while (places[i] != slot + 1) {
      if (places[i] == 0) {
        throw new IllegalStateException("slot " + slot + " is not in the table");
      }
      i = after(i);
    }
    return i;
  }

  private void resize(int length) {
    int[] old = places;
    places = new int[length];
    for (int place : old) {
      if (place != 0) {
        put(numbers.applyAsLong(place - 1), place - 1);
      }
    }
  }

  private void put(long number, int slot) {
    int i = home(number);
    while (places[i] != 0) {
      i = after(i);
    }
    places[i] = slot + 1;
  }

  private int home(long number) {
    return (int) KeyHash.mix(number) & mask();
  }

  private int after(int i) {
    return (i + 1) & mask();
  }

  private int mask() {
    return places.length - 1;
  }
}
