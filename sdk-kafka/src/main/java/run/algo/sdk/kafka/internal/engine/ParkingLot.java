package run.algo.sdk.kafka.internal.engine;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.parking.ParkingReader;
import run.algo.sdk.kafka.internal.record.SteadyClock;
import run.algo.sdk.spi.ParkingIndex;

/**
 * What the parked records of all partitions share. Thread-safe.
 *
 * @param reader reads parking topics
 * @param restorer runs what reads a whole partition, and may take its time
 * @param timers tell when something is due
 * @param clock the time of day that due times are compared with
 * @param bounds what may be in flight, of which parked records take a part
 * @param warnings keeps the log readable
 * @param indexes of the partitions that are here
 * @param fresh how many records the next transactions park
 */
record ParkingLot(
    ParkingReader reader,
    Executor restorer,
    Timers timers,
    SteadyClock clock,
    EnginePlan.Bounds bounds,
    RateLimit warnings,
    List<ParkingIndex> indexes,
    AtomicLong fresh) {

  /** What may be in memory of parked records, of all partitions, is a part of what may flow. */
  private static final int PART_OF_FLIGHT = 4;

  /** So many of one partition are loaded at once, whatever there is room for. */
  private static final int MOST_LOADED = 1024;

  ParkingLot(
      ParkingReader reader,
      Executor restorer,
      Timers timers,
      SteadyClock clock,
      EnginePlan.Bounds bounds,
      RateLimit warnings) {
    this(
        reader,
        restorer,
        timers,
        clock,
        bounds,
        warnings,
        new CopyOnWriteArrayList<>(),
        new AtomicLong());
  }

  /** A due time as nanoseconds since the epoch, or as much as can be said so. */
  static long nanos(Instant due) {
    try {
      return Math.addExact(Math.multiplyExact(due.getEpochSecond(), 1_000_000_000L), due.getNano());
    } catch (ArithmeticException e) {
      return due.isBefore(Instant.EPOCH) ? 0 : Long.MAX_VALUE - 1;
    }
  }

  /** A partition has come. */
  void add(ParkingIndex index) {
    indexes.add(index);
  }

  /** A partition has gone. */
  void remove(ParkingIndex index) {
    indexes.remove(index);
  }

  /** How many records are parked, of all partitions. */
  long parked() {
    long parked = 0;
    for (ParkingIndex index : indexes) {
      parked += index.size();
    }
    return parked;
  }

  /** How many records of a partition may be in memory. */
  int mostLoaded() {
    int part = bounds.records() / (PART_OF_FLIGHT * Math.max(1, indexes.size()));
    return Math.max(1, Math.min(MOST_LOADED, part));
  }

  /** How many bytes of a partition's parked records may be in memory, but for one record. */
  long mostBytes() {
    return bounds.bytes() / ((long) PART_OF_FLIGHT * Math.max(1, indexes.size()));
  }
}
