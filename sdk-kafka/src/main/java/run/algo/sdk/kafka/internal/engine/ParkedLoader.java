package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingStore;

/**
 * Takes from the index of a partition what is due, loads it from the store, as far as there is room
 * for it, and hands it over in the order in which it was taken. Goes on whenever it is told that
 * something may have changed, and by itself when something is due. Thread-safe.
 */
final class ParkedLoader {

  /** No timer is longer, so that none keeps a partition in memory that has gone. */
  private static final long LONGEST_TIMER = Delay.STAGE.toNanos();

  /** So many are loaded before it is known how large they are. */
  private static final int FIRST = 16;

  private static final int SEEN = 1024;

  private final TopicPartition partition;
  private final ParkingIndex index;
  private final ParkingStore<?> store;
  private final ParkingLot lot;
  private final Receiver receiver;

  /** Being loaded, in the order in which they were taken. Under the lock, as all that follows. */
  private final ArrayDeque<Loading> loading = new ArrayDeque<>();

  private boolean open;
  private boolean reading = true;

  /** Records that were handed over and are not gone, and their bytes. */
  private int here;

  private long bytesHere;

  /** How many of those that were loaded tell how large one is, and their bytes. */
  private int seen;

  private long bytesSeen;

  /** When the earliest timer fires. */
  private long armed = Long.MAX_VALUE;

  private volatile boolean stopped;

  /** Is given what was loaded. */
  interface Receiver {

    /**
     * Takes a record. Called one at a time, under a lock.
     *
     * @param record the record
     */
    void loaded(ParkedRecord record);

    /**
     * A record was not where it should be; it waits again.
     *
     * @param offset its offset in the input
     */
    void lost(long offset);

    /** {@return whether nothing should be taken for now} */
    boolean isHeldUp();

    /** {@return whether what was read waits in its place for what is parked} */
    boolean isAwaited();
  }

  ParkedLoader(
      TopicPartition partition,
      ParkingIndex index,
      ParkingStore<?> store,
      ParkingLot lot,
      Receiver receiver) {
    this.partition = partition;
    this.index = index;
    this.store = store;
    this.lot = lot;
    this.receiver = receiver;
  }

  /** Begins. */
  void open() {
    synchronized (this) {
      open = true;
    }
    goOn();
  }

  /** Whether anything is loaded from now on. */
  void reading(boolean now) {
    synchronized (this) {
      if (reading == now) {
        return;
      }
      reading = now;
    }
    goOn();
  }

  /** Nothing is loaded any more, nor handed over. */
  void stop() {
    stopped = true;
  }

  /** Whether nothing is on its way. */
  synchronized boolean isIdle() {
    return loading.isEmpty();
  }

  /** A record that was handed over is gone. */
  void gone(long bytes) {
    synchronized (this) {
      here--;
      bytesHere -= bytes;
    }
    goOn();
  }

  /** A record that is being loaded. */
  private final class Loading implements ParkingStore.Load {
    private final long offset;
    private final long place;

    /** Under the lock. */
    private @Nullable ParkedRecord record;

    /** Under the lock. */
    private boolean ended;

    Loading(long offset, long place) {
      this.offset = offset;
      this.place = place;
    }

    @Override
    public boolean isWanted() {
      return !stopped;
    }

    @Override
    public void loaded(ParkedRecord loaded) {
      synchronized (ParkedLoader.this) {
        record = loaded;
        ended = true;
        handOver();
      }
      goOn(); // it is known better how large they are
    }

    @Override
    public void lost() {
      receiver.lost(offset); // first: nothing may be taken once it is put back
      synchronized (ParkedLoader.this) {
        ended = true;
        index.misplaced(offset);
        handOver();
      }
    }
  }

  /** Loads what is due, as far as there is room for it. */
  void goOn() {
    List<Loading> wanted;
    synchronized (this) {
      if (!open || stopped || receiver.isHeldUp() || !(reading || receiver.isAwaited())) {
        return;
      }
      long now = lot.clock().nanos();
      wanted = take(now);
      arm(now);
    }
    for (Loading each : wanted) {
      store.load(new ParkedId(partition.partition(), each.offset), each.place, each);
    }
  }

  private List<Loading> take(long now) {
    List<Loading> wanted = new ArrayList<>(0);
    int room = room();
    if (room > 0) {
      index.take(now, room, (offset, at, due) -> wanted.add(new Loading(offset, at)));
      loading.addAll(wanted);
    }
    return wanted;
  }

  private int room() {
    int records = lot.mostLoaded() - here - loading.size();
    if (seen == 0) {
      return Math.min(records, FIRST - loading.size());
    }
    // What is being loaded is taken to be as large as what was, or is here; one record always may.
    long each = Math.max(1, Math.max(bytesSeen / seen, here == 0 ? 0 : bytesHere / here));
    long fitting = (lot.mostBytes() - bytesHere) / each - loading.size();
    return (int) Math.min(records, here + loading.size() == 0 ? Math.max(1, fitting) : fitting);
  }

  /** Later ones of a key must not be handed over before earlier ones. */
  private void handOver() {
    while (!loading.isEmpty() && loading.element().ended) {
      ParkedRecord record = loading.remove().record;
      if (record != null && !stopped) {
        here++;
        bytesHere += bytes(record);
        see(bytes(record));
        receiver.loaded(record);
      }
    }
  }

  /** The latest count most. */
  private void see(long bytes) {
    if (seen == SEEN) {
      seen /= 2;
      bytesSeen /= 2;
    }
    seen++;
    bytesSeen += bytes;
  }

  private static long bytes(ParkedRecord record) {
    byte[] key = record.key();
    byte[] value = record.value();
    return (key == null ? 0L : key.length) + (value == null ? 0 : value.length);
  }

  private void arm(long now) {
    long next = index.nextDue();
    if (next <= now || next == Long.MAX_VALUE) {
      return; // what is late already goes on when there is room for it
    }
    next = Math.min(next, now + LONGEST_TIMER);
    if (next < armed) {
      armed = next;
      long mine = next;
      lot.timers().after(Duration.ofNanos(next - now), () -> fired(mine));
    }
  }

  private void fired(long timer) {
    synchronized (this) {
      if (timer == armed) {
        armed = Long.MAX_VALUE;
      }
    }
    goOn();
  }
}
