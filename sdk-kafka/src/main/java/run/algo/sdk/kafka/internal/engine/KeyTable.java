package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys in flight of one partition. The owner thread's alone.
 *
 * <p>Open addressing with linear probing. A lane that has gone idle stays until the table is full,
 * and is then swept out with all others: so nobody but the owner ever changes the table, a key that
 * comes again soon finds its lane, and a sweep costs each key that came since the last a constant.
 */
final class KeyTable {

  private static final int FIRST_CAPACITY = 64;

  private final KeyDispatcher dispatcher;
  private final ArrayDeque<KeyLane> spare = new ArrayDeque<>();
  private @Nullable KeyLane[] lanes = new KeyLane[FIRST_CAPACITY];
  private int size;

  KeyTable(KeyDispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  /** The lane of a key; a null key has its own. */
  KeyLane lane(byte @Nullable [] key) {
    int hash = spread(Arrays.hashCode(key));
    int mask = lanes.length - 1;
    for (int i = hash & mask; ; i = (i + 1) & mask) {
      KeyLane lane = lanes[i];
      if (lane == null) {
        return add(key, hash, i);
      }
      if (lane.is(key, hash)) {
        return lane;
      }
    }
  }

  int size() {
    return size;
  }

  private KeyLane add(byte @Nullable [] key, int hash, int free) {
    KeyLane lane = spare.poll();
    if (lane == null) {
      lane = new KeyLane(dispatcher);
    }
    lane.use(key, hash);
    if (size < lanes.length / 2) {
      lanes[free] = lane;
      size++;
    } else {
      sweep();
      put(lane);
    }
    return lane;
  }

  /**
   * Takes out what is idle, and leaves room for as much again as is not. It shrinks by half at
   * most: with many keys and little in flight nearly all are idle at each sweep, and what is let go
   * now is made again soon.
   */
  private void sweep() {
    KeyLane[] before = lanes;
    int busy = 0;
    for (int i = 0; i < before.length; i++) {
      KeyLane lane = before[i];
      if (lane != null && lane.idle()) {
        before[i] = null;
        spare.push(lane);
      } else if (lane != null) {
        busy++;
      }
    }
    int capacity = FIRST_CAPACITY;
    while (capacity < busy * 4 || capacity < before.length / 2) {
      capacity *= 2;
    }
    while (spare.size() > capacity) {
      spare.pop();
    }
    lanes = new KeyLane[capacity];
    size = 0;
    for (KeyLane lane : before) {
      if (lane != null) {
        put(lane);
      }
    }
  }

  private void put(KeyLane lane) {
    int mask = lanes.length - 1;
    int i = lane.hash() & mask;
    while (lanes[i] != null) {
      i = (i + 1) & mask;
    }
    lanes[i] = lane;
    size++;
  }

  /** Spreads the bits that {@link Arrays#hashCode(byte[])} leaves in the low places. */
  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9; // 2^32 divided by the golden ratio: Knuth, TAOCP 3, 6.4
    return mixed ^ (mixed >>> 16);
  }
}
