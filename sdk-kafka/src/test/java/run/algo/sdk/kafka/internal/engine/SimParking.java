package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.RetryState;

/**
 * Judges records that are parked. A worker that takes up a record asks whether it may be executed;
 * here an execution begins when it may. Of a record nothing is forgotten in the parking topic but
 * with its outcome; it is not executed before its time; and where order is kept, a record is
 * executed only when all before it of its key have an outcome, or have been executed to their end
 * within this assignment, one at a time. Batches have several of a key: those behind one that is
 * parked are executed again, as if they had not been in the batch.
 */
final class SimParking {

  private final SimWorld world;
  private final SimJudge judge;

  /** Null where nothing is parked. */
  final ModelParking topic;

  // What has happened

  long again;
  long restored;
  long soon;
  long dropped;
  long lost;
  long stored;
  long behind;
  long full;

  SimParking(SimWorld world) {
    this.world = world;
    this.judge = world.judge;
    this.topic = world.schedule.parks == null ? null : new ModelParking(world);
  }

  boolean on() {
    return topic != null;
  }

  boolean ordered() {
    return on() && world.schedule.parks.ordered();
  }

  /** Where its order is kept while it is executed. */
  Object scope(boolean parked, ModelLog.Entry entry) {
    if (!parked) {
      return entry.scope(world.schedule.order);
    }
    return ordered() ? List.of("parked", entry.scope(Ordering.KEY)) : entry;
  }

  /** The order of what it leads to; itself where it has none. */
  Object outputScope(Sitting.Exec exec) {
    return ordered() ? exec.entry.scope(Ordering.KEY) : exec.scope;
  }

  // The topic

  /** All that a scan has found. */
  void restored(Sitting sitting, Map<ModelLog.Entry, ModelParking.Slot> latest) {
    boolean first = sitting.restored.isEmpty();
    latest.forEach(
        (entry, slot) -> {
          if (!slot.tombstone()) {
            ParkedTry next = next(slot);
            sitting.dues.merge(entry, nanos(next.due()), Math::min);
            sitting.restored.add(entry);
            restored += first ? 1 : 0;
          }
        });
  }

  private ParkedTry next(ModelParking.Slot slot) {
    return topic.format.read(slot.record).map(ParkedRecord::next).orElseThrow();
  }

  /** Something is written, and not in a transaction. */
  void visible(ModelParking.Slot slot) {
    ModelLog.Entry entry = slot.entry;
    world.tell(() -> (slot.tombstone() ? "forgotten: " : "parked: ") + entry + ", " + slot.place());
    if (slot.tombstone()) {
      entry.durable |= filtered(slot.writer, entry);
      judge.require(entry.durable, "forgotten without an outcome", entry);
    }
  }

  /** Whether a member's execution of a record leads to nothing. */
  boolean filtered(SimMember member, ModelLog.Entry entry) {
    return world.execs.stream()
        .anyMatch(
            exec -> exec.entry == entry && exec.sitting.member == member && exec.outputs == 0);
  }

  /** Whether a record must be executed, or parked, although its commit's metadata names it. */
  boolean expects(Sitting sitting, ModelLog.Entry entry) {
    return on() && sitting.restored.contains(entry);
  }

  // Executions

  /** Records have come from the store. */
  void loaded(Sitting sitting, ModelLog.Entry entry, Tries tries) {
    SimRetries.Attempts attempts = sitting.attempts.get(entry);
    if (attempts != null && attempts.are(tries, world.retries)) {
      return;
    }
    boolean others =
        topic.versions(entry).stream()
            .anyMatch(
                slot ->
                    next(slot).executions() == tries.executions()
                        && next(slot).state().equals(tries.state()));
    judge.require(others, "loaded with tries that nobody has stored, " + tries, entry);
    sitting.attempts.put(entry, SimRetries.Attempts.of(tries, world.retries));
  }

  void arrived(Sitting.Exec exec, ParkingIndex.Arrival arrival) {
    exec.arrival = arrival;
    switch (arrival) {
      case FREE -> executes(exec);
      case SOON -> soon++;
      case STORED -> stored++;
      case BEHIND -> {
        behind++;
        exec.reserved = true;
      }
      case FULL -> {
        full++;
        exec.full = true;
      }
    }
    world.tell(() -> arrival + ": " + exec);
  }

  void begun(Sitting.Exec exec, boolean may) {
    Sitting sitting = exec.sitting;
    if (!may) {
      putBack(sitting, exec.entry);
      return;
    }
    again++;
    judge.require(
        now() >= sitting.dues.getOrDefault(exec.entry, Long.MAX_VALUE),
        "executed before its time, or without having been parked",
        exec);
    if (!sitting.ended && sitting.parkedOpen.add(exec.entry)) {
      sitting.member.read++;
      sitting.member.inFlight++;
    }
    executes(exec);
  }

  /** It was in a batch behind one that failed: it has not been executed. */
  private static void putBack(Sitting sitting, ModelLog.Entry entry) {
    if (!sitting.ended && sitting.parkedOpen.remove(entry)) {
      sitting.member.inFlight--;
      sitting.member.expected.merge(Outcome.PARKED, 1L, Long::sum);
    }
  }

  private long now() {
    return world.time.timeOfDay().nanos();
  }

  private void executes(Sitting.Exec exec) {
    exec.executes = true;
    exec.sitting.member.latest.put(exec.entry, exec);
    if (!ordered()) {
      return;
    }
    Object key = exec.entry.scope(Ordering.KEY);
    for (ModelLog.Entry before : world.log.partitions.get(exec.entry.partition.partition())) {
      if (before == exec.entry) {
        break;
      }
      if (before.scope(Ordering.KEY).equals(key) && !before.durable) {
        judge.require(
            exec.sitting.concluded.contains(before) || together(exec, before),
            "executed before " + before + " of its key",
            exec);
      }
    }
    Sitting.Exec other = exec.sitting.activeOfKey.put(key, exec);
    judge.require(
        other == null || other.batch == exec.batch, "executed at once with " + other, exec);
  }

  private static boolean together(Sitting.Exec exec, ModelLog.Entry before) {
    return exec.sitting.execs.stream()
        .anyMatch(other -> other.entry == before && other.executes && other.batch == exec.batch);
  }

  /** It has ended; unless it comes again, so has its record, as far as its key goes. */
  void left(Sitting.Exec exec) {
    if (exec.executes) {
      exec.sitting.activeOfKey.remove(exec.entry.scope(Ordering.KEY), exec);
    }
    boolean dead = exec.full && !world.schedule.parks.haltWhenFull();
    if ((exec.executes || dead) && !exec.again && !exec.reserved && (dead || !exec.full)) {
      exec.sitting.concluded.add(exec.entry);
    }
  }

  void dropped(Sitting.Exec exec) {
    dropped++;
    world.tell(() -> "drops " + exec);
    judge.require(exec.parked && !exec.executes, "dropped, and executed", exec);
    exec.dropped = true;
    exec.sitting.inStore.remove(exec.entry);
  }

  /** A failed record asks for room. */
  void reserves(Sitting.Exec exec, Instant due, boolean may) {
    world.tell(() -> "waits " + (may ? "" : "for room, ") + "until " + due + ", " + exec);
    if (exec.executes && !exec.reserved && !exec.full) {
      Duration backoff = world.retries.next(exec.attempts);
      judge.require(
          nanos(due) == now() + backoff.toNanos(), "waits until " + due + ", not " + backoff, exec);
    }
    judge.require(!exec.reserved, "parked twice", exec);
    exec.full = !may;
    exec.reserved = may;
    if (may) {
      exec.sitting.dues.put(exec.entry, nanos(due));
    }
  }

  /** A record is handed to the store. */
  void puts(Sitting.Exec exec, ParkedRecord record) {
    if (exec.arrival == ParkingIndex.Arrival.BEHIND) {
      exec.sitting.dues.put(exec.entry, nanos(record.next().due()));
    }
    judge.require(exec.reserved, "parked without being reserved", exec);
    judge.require(
        exec.attempts.are(
            new Tries(record.next().executions(), record.next().state()), world.retries),
        "parked with the wrong tries, " + record.next(),
        exec);
    judge.require(
        java.util.Arrays.equals(record.value(), exec.entry.record.value())
            && java.util.Arrays.equals(record.key(), exec.entry.record.key()),
        "parked otherwise than it was read",
        exec);
  }

  /** Whether one that does not count as a try may be executed again in its place. */
  boolean mayGoAlong(Sitting.Exec exec, Duration wait, RetryState state) {
    if (exec.arrival == ParkingIndex.Arrival.SOON) {
      return wait.equals(Duration.ofMillis(10));
    }
    if (exec.arrival == ParkingIndex.Arrival.FULL && waitsForRoom(exec)) {
      return wait.equals(Duration.ofMillis(100));
    }
    return world.schedule.form == FormKind.BATCH
        && wait.isZero()
        && exec.sitting.execs.stream()
            .anyMatch(
                other ->
                    other.batch == exec.batch
                        && other.entry.offset() < exec.entry.offset()
                        && (other.reserved || other.again || other.full || other.dropped));
  }

  /** Whether it waits in its place since there is no room: in transactions it halts nothing. */
  boolean waitsForRoom(Sitting.Exec exec) {
    return exec.full && world.schedule.exactlyOnce && world.schedule.parks.haltWhenFull();
  }

  static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
