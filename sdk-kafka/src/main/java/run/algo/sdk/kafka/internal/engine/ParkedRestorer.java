package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingStore;

/**
 * Reads the store of parked records into the index of a partition: whole when the partition has
 * come, and again for single records that were not found where they should be. Tries until the
 * store answers. Thread-safe.
 */
final class ParkedRestorer {

  private static final Logger log = LoggerFactory.getLogger(ParkedRestorer.class);

  private static final Duration BACKOFF = Duration.ofSeconds(1);

  private final TopicPartition partition;
  private final ParkingIndex index;
  private final ParkingStore<?> store;
  private final ParkingLot lot;
  private final Listener listener;

  private volatile boolean begun;
  private volatile boolean open;
  private volatile boolean stopped;
  private volatile @Nullable HaltReport trouble;

  /** Offsets that were not found where they were, and that no scan looks for yet. */
  private final Set<Long> missing = new HashSet<>();

  /** Whether a scan is meant to begin, or is under way. */
  private boolean looking;

  /** Is told what is known by now. On the restorer's thread, no lock held. */
  interface Listener {

    /** The index knows all that is parked, or more than before. */
    void restored();

    /**
     * A record is in the store no more, and has had no outcome.
     *
     * @param offset its offset in the input
     */
    void vanished(long offset);
  }

  ParkedRestorer(
      TopicPartition partition,
      ParkingIndex index,
      ParkingStore<?> store,
      ParkingLot lot,
      Listener listener) {
    this.partition = partition;
    this.index = index;
    this.store = store;
    this.lot = lot;
    this.listener = listener;
  }

  /** Whether it was told to {@link #open}. */
  boolean begun() {
    return begun;
  }

  /** Whether the index knows all that is parked. */
  boolean isOpen() {
    return open;
  }

  /** Why it does not, where that is known. */
  Optional<HaltReport> trouble() {
    return Optional.ofNullable(trouble);
  }

  /**
   * Reads what is parked, on another thread.
   *
   * @param position the offset from which the input is read
   */
  void open(long position) {
    begun = true;
    lot.restorer().execute(() -> restore(position));
  }

  private void restore(long position) {
    Visitor all = new Visitor(null);
    if (scan(all, () -> restore(position))) {
      index.open(position);
      if (index.size() > 0) {
        log.info("{}: {} parked records of {} keys", partition, index.size(), index.keys());
      }
      open = true;
      listener.restored();
    }
  }

  // What was not where it should be

  /** Whether some are looked for, so that nothing should be taken from the index. */
  synchronized boolean looksForMissing() {
    return looking;
  }

  /** A record was not found where it should be: it may be elsewhere by now. */
  synchronized void missing(long offset) {
    missing.add(offset);
    if (!looking) {
      looking = true;
      later(this::look);
    }
  }

  private void look() {
    Set<Long> wanted;
    synchronized (this) {
      wanted = Set.copyOf(missing); // whatever comes while this looks is looked for by the next
    }
    Visitor some = new Visitor(wanted);
    if (!scan(some, this::look)) {
      return;
    }
    for (long offset : wanted) {
      if (!some.known.contains(offset)) {
        log.error(
            "parked record {}@{} is in its topic no more, and has had no outcome: the topic's"
                + " cleanup.policy must be compact, and nobody may delete its records",
            partition,
            offset);
        listener.vanished(offset);
      }
    }
    synchronized (this) {
      missing.removeAll(wanted);
      looking = !missing.isEmpty();
      if (looking) {
        later(this::look);
      }
    }
    listener.restored();
  }

  // Both

  /** Whether it has been read; else that is tried again, unless nobody wants it any more. */
  private boolean scan(Visitor visitor, Runnable again) {
    if (stopped) {
      return false;
    }
    try {
      store.restore(partition.partition(), visitor);
      trouble = null;
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the runner closes
    } catch (RuntimeException e) {
      if (!stopped) {
        failed(e);
        later(again);
      }
    }
    return false;
  }

  private void later(Runnable scan) {
    lot.timers()
        .after(
            BACKOFF,
            () -> {
              if (!stopped) {
                lot.restorer().execute(scan);
              }
            });
  }

  private void failed(RuntimeException e) {
    String what = "what is parked of " + partition + " cannot be read";
    trouble =
        new HaltReport(
            new RecordPosition(partition.topic(), partition.partition(), 0, -1),
            what,
            String.valueOf(e));
    lot.warnings()
        .run(
            "parked " + partition,
            suppressed -> log.error("{}; trying again (and {} more like it)", what, suppressed, e));
  }

  /** Nobody waits for anything any more. */
  void stop() {
    stopped = true;
  }

  /** Passes on to the index what is in the store. */
  private final class Visitor implements ParkingStore.Visitor {

    /** Of which records; null for all. Of the others the index knows better. */
    private final @Nullable Set<Long> wanted;

    /** Those that were wanted, and of which the store knows something. */
    final Set<Long> known = new HashSet<>();

    Visitor(@Nullable Set<Long> wanted) {
      this.wanted = wanted;
    }

    @Override
    public void stored(ParkedId id, byte @Nullable [] key, long place, ParkedTry next) {
      if (isWanted(id.offset())) {
        index.found(key, id.offset(), place, ParkingLot.nanos(next.due()));
      }
    }

    @Override
    public void removed(ParkedId id, long place) {
      if (isWanted(id.offset())) {
        index.erased(id.offset(), place);
      }
    }

    private boolean isWanted(long offset) {
      if (stopped) {
        throw new IllegalStateException(partition + " has gone while its parked records were read");
      }
      if (wanted == null) {
        return true;
      }
      boolean is = wanted.contains(offset);
      if (is) {
        known.add(offset);
      }
      return is;
    }
  }
}
