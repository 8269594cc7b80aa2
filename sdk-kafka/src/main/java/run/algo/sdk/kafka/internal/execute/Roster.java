package run.algo.sdk.kafka.internal.execute;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The flights under way, to be looked through now and then. Each takes one of many cells at random
 * and frees it when it ends: two atomic writes a record, next to no contention, nothing allocated,
 * and nothing kept of what has ended. (A queue by deadline would keep each record's node until its
 * deadline passes: millions of them at a long timeout and a high rate.) Thread-safe.
 */
final class Roster {

  private static final int PROBES = 8;
  private static final int FEWEST = 64;
  private static final int MOST = 1 << 18;

  private final AtomicReferenceArray<Flight> cells;
  private final int mask;

  /** Those that found no free cell near by, which are few or none. */
  private final Set<Flight> others = ConcurrentHashMap.newKeySet();

  /**
   * A roster.
   *
   * @param flights how many there are at once; more is slower, not wrong
   */
  Roster(int flights) {
    int wanted = Math.min(MOST, Math.max(FEWEST, 2 * Math.min(flights, MOST)));
    int size = Integer.highestOneBit(wanted - 1) << 1; // a power of two, so that a mask finds cells
    this.cells = new AtomicReferenceArray<>(size);
    this.mask = size - 1;
  }

  void add(Flight flight) {
    int at = ThreadLocalRandom.current().nextInt();
    for (int probe = 0; probe < PROBES; probe++) {
      int cell = (at + probe) & mask;
      if (cells.getPlain(cell) == null) {
        flight.cell = cell;
        if (cells.compareAndSet(cell, null, flight)) {
          return;
        }
      }
    }
    others.add(flight);
  }

  void remove(Flight flight) {
    if (!cells.compareAndSet(flight.cell, flight, null)) {
      others.remove(flight);
    }
  }

  void forEach(Consumer<Flight> action) {
    for (int cell = 0; cell <= mask; cell++) {
      Flight flight = cells.get(cell);
      if (flight != null) {
        action.accept(flight);
      }
    }
    others.forEach(action);
  }

  boolean isEmpty() {
    for (int cell = 0; cell <= mask; cell++) {
      if (cells.get(cell) != null) {
        return false;
      }
    }
    return others.isEmpty();
  }
}
