package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.GatheredRecord;
import run.algo.sdk.kafka.internal.execute.Gathered;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.MetadataFormatException;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Judges records that are held for others of their trace: which go together is known from the order
 * in which they were read. A trigger is executed with all that was held of its trace, in the order
 * of the log, whenever it is executed; none of them is executed by itself; what is given up is
 * given up whole, and not before its time. And whatever is committed, by its offset alone (since
 * metadata may get lost) and with its metadata, has all of what goes together, or nothing of it.
 */
final class SimGathers {

  private final SimWorld world;
  private final SimJudge judge;

  SimGathers(SimWorld world) {
    this.world = world;
    this.judge = world.judge;
  }

  /** A record that has no outcome yet is read. */
  void read(Sitting sitting, ModelLog.Entry entry) {
    if (entry.part == null) {
      return;
    }
    ModelTraces.Trace trace = entry.part.trace();
    if (entry.held()) {
      sitting.waitingSince.putIfAbsent(trace, world.time.nanos());
      sitting.waiting.computeIfAbsent(trace, t -> new ArrayList<>()).add(entry);
      return;
    }
    List<ModelLog.Entry> all = sitting.waiting.remove(trace);
    if (all != null) {
      all.add(entry);
      sitting.together.put(entry, all);
    }
  }

  /** A trigger that finds nothing, and has no value of its own, leads to nothing. */
  void dispatched(Sitting sitting, ModelLog.Entry entry) {
    if (entry.part == null || !entry.part.only() || !sitting.open.contains(entry)) {
      return;
    }
    judge.require(!sitting.together.containsKey(entry), "settled without what it triggers", entry);
    SimMember member = sitting.member;
    entry.begun = true;
    entry.durable |= !world.schedule.exactlyOnce;
    member.triggeredNothing.add(entry);
    sitting.open.remove(entry);
    member.inFlight--;
    member.readBytes -= entry.bytes();
    member.expected.merge(Outcome.FILTERED, 1L, Long::sum);
    world.tell(() -> "there is nothing for " + entry + " to trigger");
  }

  // Executions

  /** All records of an execution, in their order. */
  List<ModelLog.Entry> entries(Gathered gathered, ModelLog.Entry last) {
    List<ModelLog.Entry> entries = new ArrayList<>();
    for (Gathered.Held held : gathered.held()) {
      ConsumerRecord<byte[], byte[]> record = held.record();
      entries.add(world.log.entry(record.partition(), record.offset()));
    }
    entries.add(last);
    return entries;
  }

  /** An execution begins, of one record or several. */
  void begun(Sitting.Exec exec) {
    ModelLog.Entry last = exec.entry;
    if (last.part == null) {
      judge.require(exec.entries.size() == 1, "gathers what has no trace", exec);
      return;
    }
    judge.require(!last.held(), "held, and executed by itself", exec);
    List<ModelLog.Entry> right = exec.sitting.together.getOrDefault(last, List.of(last));
    judge.require(
        exec.entries.equals(right), "gathers " + exec.entries + ", not all of " + right, exec);
    ModelTraces.Trace trace = last.part.trace();
    judge.require(
        trace.givenUp || exec.entries.equals(trace.entries),
        "gathers " + exec.entries + ", and nobody has given up the rest of " + trace,
        exec);
    if (exec.entries.size() > 1) {
      world.gathers++;
    }
  }

  /** What the author is told of it. */
  void told(Sitting.Exec exec, AlgoContext context) {
    List<ModelLog.Entry> told = new ArrayList<>();
    for (GatheredRecord record : context.gathered()) {
      told.add(world.log.entry(record.position().partition(), record.position().offset()));
    }
    boolean single = exec.entries.size() == 1;
    if (!single && exec.entry.part.only()) {
      told.add(exec.entry);
    }
    judge.require(
        told.equals(exec.entries) || (single && told.isEmpty()),
        "the author is told " + told,
        exec);
  }

  /** The owner gives up what has been held for too long. */
  void givesUp(Sitting sitting, List<ModelLog.Entry> entries) {
    ModelLog.Entry last = entries.get(entries.size() - 1);
    ModelTraces.Trace trace = last.part == null ? null : last.part.trace();
    List<ModelLog.Entry> right = sitting.waiting.remove(trace);
    judge.require(entries.equals(right), "gives up " + entries + ", not all of " + right, sitting);
    long held = world.time.nanos() - sitting.waitingSince.getOrDefault(trace, Long.MAX_VALUE);
    judge.require(
        held >= world.schedule.plan.times().gatherTimeout().toNanos(),
        "given up before its time",
        entries);
    if (trace != null) {
      trace.givenUp = true;
      sitting.together.put(last, entries);
      world.givenUp++;
      world.tell(() -> sitting.member + " gives up " + entries);
    }
  }

  /** What a drain does not wait for: it is held, or given up, which may happen at any time. */
  int held(SimMember member) {
    int held = 0;
    for (Sitting sitting : member.sittings.values()) {
      for (ModelLog.Entry entry : sitting.open) {
        Sitting.Exec latest = member.latest.get(entry);
        boolean waits = !sitting.executed.contains(entry) || (latest != null && latest.givenUp);
        held += entry.held() && waits ? 1 : 0;
      }
    }
    return held;
  }

  // Commits

  /** Offsets of a member, as they are at the broker from now on. */
  void committed(SimMember member, int partition, OffsetAndMetadata commit) {
    if (world.schedule.gathers) {
      try {
        SettledOffsets ahead = CommitMetadata.decode(commit.offset(), commit.metadata());
        long offset = commit.offset();
        undivided(member, partition, offset, entry -> entry.offset() < offset);
        undivided(
            member,
            partition,
            offset,
            entry -> entry.offset() < offset || ahead.contains(entry.offset()));
      } catch (MetadataFormatException e) {
        judge.violated("metadata that cannot be read is committed: " + e.getMessage());
      }
    }
  }

  private void undivided(
      SimMember member, int partition, long offset, Predicate<ModelLog.Entry> settled) {
    Sitting sitting = member.sittings.get(partition);
    if (sitting != null) {
      sitting.together.values().forEach(all -> undivided(offset, all, settled));
      sitting.waiting.forEach(
          (trace, all) ->
              judge.require(
                  all.stream().noneMatch(settled), "commits what is held, to " + offset, all));
    }
    for (ModelLog.Entry entry : world.log.partitions.get(partition)) {
      // Each once, and not those of which a part may have another outcome.
      if (entry.part != null && !entry.held() && !entry.part.trace().givenUp) {
        undivided(offset, entry.part.trace().entries, settled);
      }
    }
  }

  private void undivided(long offset, List<ModelLog.Entry> all, Predicate<ModelLog.Entry> settled) {
    judge.require(
        all.stream().allMatch(settled) || all.stream().noneMatch(settled),
        "the commit of " + offset + " divides",
        all);
  }
}
