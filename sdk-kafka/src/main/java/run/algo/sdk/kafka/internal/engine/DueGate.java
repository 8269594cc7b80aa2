package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.DueTime;
import run.algo.sdk.kafka.internal.record.SteadyClock;

/**
 * What all partitions of retry topics share.
 *
 * @param clock the time of day that due times are compared with
 * @param timers tell when something is due
 * @param refetcher reads again what was let go of; null where everything stays in memory
 * @param room bounds how many wait
 * @param loads bounds what is kept in memory of those that wait
 * @param handedOver most records of a partition that are due and handed over to workers at once
 * @param warnings keeps the log readable
 */
record DueGate(
    SteadyClock clock,
    Timers timers,
    @Nullable Refetcher refetcher,
    WaitingRoom room,
    Loads loads,
    int handedOver,
    RateLimit warnings) {

  private static final Logger log = LoggerFactory.getLogger(DueGate.class);

  private static final int LEAST_HANDED_OVER = 512;

  /** What may be in memory of records that wait, of all partitions, is a part of what may flow. */
  private static final int PART_OF_FLIGHT = 4;

  /**
   * What is kept in memory of what waits, of all partitions together.
   *
   * @param records most records
   * @param bytes most bytes of keys and values, but for one record of each partition
   */
  record Loads(int records, long bytes) {

    /** No bounds. */
    static final Loads ALL = new Loads(Integer.MAX_VALUE, Long.MAX_VALUE);

    /** A part of what may be in flight, and of use. */
    static Loads of(EnginePlan.Bounds bounds) {
      return new Loads(
          Math.max(bounds.pollRecords(), bounds.records() / PART_OF_FLIGHT),
          Math.max(1, bounds.bytes() / PART_OF_FLIGHT));
    }
  }

  /** A gate of an engine that reads again. */
  static DueGate of(EnginePlan plan, Timers timers, Refetcher refetcher, RateLimit warnings) {
    return new DueGate(
        SteadyClock.SYSTEM,
        timers,
        refetcher,
        new WaitingRoom(),
        Loads.of(plan.bounds()),
        handedOver(plan.execution()),
        warnings);
  }

  /** A gate that keeps everything in memory. */
  static DueGate inMemory(
      EnginePlan.Execution execution, Timers timers, SteadyClock clock, RateLimit warnings) {
    return new DueGate(
        clock, timers, null, new WaitingRoom(), Loads.ALL, handedOver(execution), warnings);
  }

  /** Enough for all workers, and for a batch to fill. */
  private static int handedOver(EnginePlan.Execution plan) {
    return Math.max(
        LEAST_HANDED_OVER,
        Math.max(saturated(4, plan.concurrency()), saturated(2, plan.batchSize())));
  }

  private static int saturated(int times, int number) {
    return (int) Math.min(Integer.MAX_VALUE, (long) times * number);
  }

  /** When a record that is read now may be executed, in nanoseconds since the epoch. */
  long due(ConsumerRecord<byte[], byte[]> record, long now) {
    long due = DueTime.of(record.headers());
    if (due == DueTime.MALFORMED) {
      warnings.run(
          "malformed due time",
          suppressed ->
              log.warn(
                  "the due time of {}-{}@{} is no number: it is executed at once (and {} more like"
                      + " it); headers {} and {} hold milliseconds and seconds since the epoch",
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  suppressed,
                  DueTime.MILLIS,
                  DueTime.SECONDS));
    }
    return DueTime.nanos(due, record, now);
  }

  /** Runs a task in so many nanoseconds. */
  void after(long nanos, Runnable task) {
    timers.after(Duration.ofNanos(nanos), task);
  }
}
