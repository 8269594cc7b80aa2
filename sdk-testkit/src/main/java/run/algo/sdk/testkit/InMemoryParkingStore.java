package run.algo.sdk.testkit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingStore;

/**
 * A parking store that keeps its records in memory, for tests that need no broker. What is written
 * is durable at once, and what was loaded is told before the call returns; what is superseded is
 * still told by {@link #restore}, but no longer loaded. It passes {@link
 * run.algo.sdk.testkit.contract.ParkingStoreContract}.
 *
 * <p>Thread-safe.
 *
 * @param <W> what a write belongs to
 * @since 0.1.0
 */
public final class InMemoryParkingStore<W> implements ParkingStore<W> {

  private final ObjLongConsumer<W> durable;
  private final Map<Integer, Partition> partitions = new ConcurrentHashMap<>();

  /**
   * An empty store.
   *
   * @param durable is told of each write, on the thread that writes, that it is durable, and at
   *     which place: 0 for the first write of a partition, one more for each that follows. The
   *     store is not locked then
   */
  public InMemoryParkingStore(ObjLongConsumer<W> durable) {
    this.durable = Objects.requireNonNull(durable, "durable");
  }

  @Override
  public void put(ParkedRecord record, W write) {
    ParkedTry next = record.next();
    ParkedRecord kept =
        new ParkedRecord(
            record.id(),
            record.timestamp(),
            record.key(),
            record.value(),
            record.headers(),
            new ParkedTry(next.executions(), next.state(), inMillis(next.due())));
    durable.accept(write, partition(record.id().partition()).append(record.id(), kept));
  }

  @Override
  public void remove(ParkedId id, W write) {
    durable.accept(write, partition(id.partition()).append(id, null));
  }

  @Override
  public void restore(int partition, Visitor visitor) throws InterruptedException {
    for (Written written : partition(partition).all()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      ParkedRecord record = written.record();
      if (record == null) {
        visitor.removed(written.id(), written.place());
      } else {
        visitor.stored(written.id(), record.key(), written.place(), record.next());
      }
    }
  }

  @Override
  public void load(ParkedId id, long place, Load load) {
    if (!load.isWanted()) {
      return;
    }
    Written newest = partition(id.partition()).newest(id);
    ParkedRecord record = newest == null || newest.place() != place ? null : newest.record();
    if (record == null) {
      load.lost();
    } else {
      load.loaded(record);
    }
  }

  /**
   * The records that are stored, for a test to look at.
   *
   * @param partition partition of the input topic
   * @return the records by the offset where they were first read, a copy
   */
  public SortedMap<Long, ParkedRecord> records(int partition) {
    return partition(partition).records();
  }

  private Partition partition(int partition) {
    return partitions.computeIfAbsent(partition, number -> new Partition());
  }

  private static Instant inMillis(Instant due) {
    Instant floor = due.truncatedTo(ChronoUnit.MILLIS);
    return floor.equals(due) ? due : floor.plusMillis(1);
  }

  /**
   * What was written once.
   *
   * @param record the record; {@code null} where one was removed
   */
  private record Written(ParkedId id, long place, @Nullable ParkedRecord record) {}

  /** What was written of a partition. */
  private static final class Partition {

    private final List<Written> log = new ArrayList<>();
    private final Map<ParkedId, Written> newest = new HashMap<>();

    synchronized long append(ParkedId id, @Nullable ParkedRecord record) {
      Written written = new Written(id, log.size(), record);
      log.add(written);
      newest.put(id, written);
      return written.place();
    }

    synchronized List<Written> all() {
      return List.copyOf(log);
    }

    synchronized @Nullable Written newest(ParkedId id) {
      return newest.get(id);
    }

    synchronized SortedMap<Long, ParkedRecord> records() {
      SortedMap<Long, ParkedRecord> records = new TreeMap<>();
      newest.forEach(
          (id, written) -> {
            if (written.record() != null) {
              records.put(id.offset(), written.record());
            }
          });
      return records;
    }
  }
}
