package run.algo.sdk.kafka.internal.engine;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.MetadataFormatException;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Watches a simulation from outside and knows by itself what should be: what is in flight, what the
 * ledgers must say, what is durable. The first thing that is not as it should be is kept.
 *
 * <p>Waived, as at-least-once allows it: a record may be executed again in a later assignment, and
 * executions of a scope may overlap when they belong to different assignments, since a member that
 * is put out, or whose drain runs into its deadline, leaves executions behind. One that was
 * abandoned at its deadline has ended with that, whatever its thread does. Not waived, whatever
 * happens: within an assignment a record is executed once, in order and without overlap in its
 * scope; and no record is begun for the first time before one ahead of it in its scope.
 */
final class SimJudge {

  private final Schedule schedule;
  private final ModelLog log;
  private final SimWorld world;
  private String violation;

  SimJudge(SimWorld world) {
    this.world = world;
    this.schedule = world.schedule;
    this.log = world.log;
  }

  String violation() {
    return violation;
  }

  void violated(String what) {
    if (violation == null) {
      violation = what;
      world.tell(() -> "VIOLATED: " + what);
    }
  }

  void require(boolean right, String what, Object where) {
    if (!right) {
      violated(what + ": " + where);
    }
  }

  // Partitions come and go

  Sitting opened(SimMember member, TopicPartition partition) {
    OffsetAndMetadata seen = member.consumer.seen(partition);
    SettledOffsets before = SettledOffsets.none(0);
    if (seen != null) {
      try {
        before = CommitMetadata.decode(seen.offset(), seen.metadata());
      } catch (MetadataFormatException e) {
        violated("metadata that cannot be read: " + e.getMessage());
      }
    }
    Sitting sitting = new Sitting(member, partition.partition(), before);
    Sitting old = member.sittings.put(sitting.partition, sitting);
    require(old == null, "assigned twice", sitting);
    return sitting;
  }

  void drained(SimMember member, List<TopicPartition> partitions, long nanos) {
    if (nanos >= schedule.plan.times().revokeTimeout().toNanos()) {
      return;
    }
    for (TopicPartition partition : partitions) {
      Sitting sitting = member.sittings.get(partition.partition());
      for (Sitting.Exec exec : sitting == null ? List.<Sitting.Exec>of() : sitting.execs) {
        boolean ended =
            exec.outcome != null || exec.prepared || exec.again || exec.dropped || exec.blocked > 0;
        require(ended, "given back before its end", exec);
      }
    }
  }

  void closed(SimMember member, TopicPartition partition) {
    Sitting sitting = member.sittings.remove(partition.partition());
    if (sitting != null) {
      sitting.ended = true;
      int open = sitting.open.size() + sitting.parkedOpen.size();
      member.expected.merge(Outcome.RELEASED, (long) open, Long::sum);
      sitting.open.forEach(entry -> member.readBytes -= entry.bytes());
      member.inFlight -= open;
      member.emittedBytes -= sitting.emitted;
    }
  }

  // Records come

  /** Flow control has said which partitions may be read. */
  void polls(SimMember member) {
    member.bytesAtPoll = member.readBytes + member.emittedBytes;
    member.idleAtPoll.clear();
    member.sittings.forEach(
        (partition, sitting) -> {
          if (sitting.open.isEmpty()) {
            member.idleAtPoll.add(sitting);
          }
        });
    member.beginsNothing = member.turn == SimMember.Intake.PAUSED;
  }

  void delivered(
      SimMember member, Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records) {
    require(member.turn == SimMember.Intake.OPEN, "reads while " + member.turn, member);
    EnginePlan.Bounds bounds = schedule.plan.bounds();
    boolean room = member.bytesAtPoll <= bounds.bytes() - bounds.pollBytes();
    records.forEach(
        (partition, polled) -> {
          Sitting sitting = member.sittings.get(partition.partition());
          if (sitting == null) {
            violated("records of a partition that has no flow: " + partition);
            return;
          }
          boolean isNew = sitting.executed.isEmpty() && sitting.open.isEmpty();
          require(
              room || isNew || member.idleAtPoll.contains(sitting),
              "reads beyond its bytes, " + member.bytesAtPoll,
              sitting);
          polled.forEach(record -> read(sitting, log.entry(record.partition(), record.offset())));
        });
    // Two transactions under way may each have taken as much as there may be.
    int most = schedule.exactlyOnce ? 3 * bounds.records() : bounds.records();
    most += world.parking.on() ? Math.max(schedule.partitions, bounds.records() / 4) : 0;
    require(member.inFlight <= most, "in flight are " + member.inFlight + " records", member);
  }

  private void read(Sitting sitting, ModelLog.Entry entry) {
    SimMember member = sitting.member;
    member.read++;
    if (sitting.before.contains(entry.offset()) && !world.parking.expects(sitting, entry)) {
      require(entry.kept(), "skipped without an outcome", entry);
      member.expected.merge(Outcome.SKIPPED, 1L, Long::sum);
    } else {
      require(sitting.open.add(entry), "read twice", entry);
      world.held.read(sitting, entry);
      member.inFlight++;
      member.readBytes += entry.bytes();
    }
  }

  // Records are executed

  void begun(Sitting.Exec exec) {
    Sitting sitting = exec.sitting;
    ModelLog.Entry entry = exec.entry;
    sitting.execs.add(exec);
    require(!sitting.ended, "begun after its partition had gone", exec);
    require(exec.givenUp || !sitting.member.beginsNothing, "begun while paused", exec);
    if (exec.parked) {
      require(sitting.inStore.add(entry), "executed twice at once", exec);
    }
    for (ModelLog.Entry each : exec.parked ? List.<ModelLog.Entry>of() : exec.entries) {
      require(sitting.open.contains(each), "begun without being in flight", exec);
      require(sitting.executed.add(each), "executed twice", exec);
      each.begun = true;
    }
    world.retries.begun(exec);
    if (exec.givenUp) {
      return; // out of the order of their scopes
    }
    world.held.begun(exec);
    Object scope = exec.scope;
    if (!exec.parked && schedule.order != Ordering.UNORDERED) {
      Long last = sitting.lastBegunOfScope.put(scope, entry.offset());
      require(last == null || last < entry.offset(), "out of order, after " + last, exec);
    }
    ModelLog.Entry before = entry.before;
    require(
        before == null || before.begun || before.durable,
        "begun before " + before + ", which is ahead of it",
        exec);
  }

  /** Its scope is its own from here to {@link #left}. */
  void entered(Sitting.Exec exec) {
    Sitting.Exec other = exec.sitting.activeOfScope.put(exec.scope, exec);
    require(other == null, "overlaps with " + other, exec);
  }

  void left(Sitting.Exec exec) {
    exec.sitting.activeOfScope.remove(exec.scope, exec);
    if (world.parking.on()) {
      world.parking.left(exec);
    }
  }

  /** A call of the Algo, of one record or several, takes a slot from here on. */
  void takesSlot(SimMember member) {
    member.executions++;
    int most = schedule.plan.execution().concurrency();
    require(member.executions <= most, "executions at once are " + member.executions, member);
  }

  // Outcomes come

  void sent(Sitting.Exec exec, int output) {
    require(!exec.expired, "output after its deadline", exec);
    require(exec.outputs > output, "output of a failed execution", exec);
    require(!exec.again, "output of an execution that is made again", exec);
    exec.sent++;
    if (output == 0 && exec.sent == 1 && schedule.order != Ordering.UNORDERED) {
      Object scope = world.parking.outputScope(exec);
      Long last = exec.sitting.lastSentOfScope.put(scope, exec.entry.offset());
      require(last == null || last < exec.entry.offset(), "sent after " + last, exec);
    }
  }

  /** In a transaction, perhaps not for the first time. */
  void sentAgain(Sitting.Exec exec, int output) {
    require(!exec.expired, "output after its deadline", exec);
    require(exec.outputs > output, "output of a failed execution", exec);
    require(!exec.again, "output of an execution that is made again", exec);
  }

  void outputAcknowledged(Sitting.Exec exec, int output) {
    exec.acknowledged |= 1 << output;
    if (exec.allAcknowledged()) {
      exec.entries.forEach(entry -> entry.durable = true);
    }
  }

  /** Which of a member's executions of the record it is of, only the engine knows. */
  void deadLetterAcknowledged(
      SimMember member, ModelLog.Entry entry, String reason, int executions) {
    boolean timeout = reason.equals(FailureReason.TIMEOUT.wireName());
    require(
        world.execs.stream()
            .anyMatch(
                exec ->
                    exec.entries.contains(entry)
                        && exec.sitting.member == member
                        && (exec.expired || exec.givenUp) == timeout
                        && world.retries.mayBeDead(exec, reason, executions)),
        "dead letter for the reason " + reason + " after " + executions + " executions",
        entry);
    member.deadLetters.add(entry);
    entry.durable = true;
  }

  void emitted(Sitting.Exec exec, long bytes) {
    exec.emitted = bytes;
    if (!exec.sitting.ended) {
      exec.sitting.emitted += bytes;
      exec.sitting.member.emittedBytes += bytes;
    }
  }

  void settled(Sitting.Exec exec, Outcome outcome) {
    require(exec.outcome == null, "settled " + outcome + " after " + exec.outcome, exec);
    require(!exec.again, "settled, and executed again", exec);
    require(
        !exec.expired || outcome == Outcome.DEAD_LETTERED || outcome == Outcome.PARKED,
        "settled " + outcome + " after its deadline",
        exec);
    exec.outcome = outcome;
    Sitting sitting = exec.sitting;
    // Whoever has lost the partition may take for his own what its next owner commits.
    boolean others =
        schedule.exactlyOnce
            && (sitting.ended || !sitting.member.consumer.owns(exec.entry.partition));
    require(isDurable(exec, outcome) || others, "settled " + outcome + " without being so", exec);
    sitting.inStore.remove(exec.entry);
    if (!sitting.ended) {
      sitting.emitted -= exec.emitted;
      SimMember member = sitting.member;
      member.emittedBytes -= exec.emitted;
      if (exec.parked) {
        require(sitting.parkedOpen.remove(exec.entry), "settled without having begun", exec);
        member.inFlight--;
        member.expected.merge(outcome, 1L, Long::sum);
        return;
      }
      for (ModelLog.Entry entry : exec.entries) {
        require(sitting.open.remove(entry), "settled without being in flight", exec);
        member.inFlight--;
        member.readBytes -= entry.bytes();
        member.expected.merge(outcome, 1L, Long::sum);
      }
    }
  }

  private boolean isDurable(Sitting.Exec exec, Outcome outcome) {
    return switch (outcome) {
      case WRITTEN -> exec.outputs > 0 && exec.allAcknowledged();
      case FILTERED -> {
        if (exec.outputs == 0 && !schedule.exactlyOnce) { // else by its offset
          exec.entries.forEach(entry -> entry.durable = true);
        }
        yield exec.outputs == 0;
      }
      case DEAD_LETTERED ->
          exec.entries.stream()
              .map(exec.sitting.member.deadLetters::remove)
              .reduce(true, Boolean::logicalAnd);
      case PARKED -> exec.entry.kept();
      default -> false;
    };
  }

  void blocked(Sitting.Exec exec, Blockage blockage) {
    if (!blockage.again()) {
      exec.blocked++;
    }
    if (blockage.what().contains("within the SDK")) {
      violated(exec + ": " + blockage.what() + ", " + blockage.cause());
    }
  }

  void unblocked(Sitting.Exec exec) {
    exec.blocked--;
    require(exec.blocked >= 0, "unblocked more often than blocked", exec);
  }

  // Offsets are committed

  /** The broker takes a commit. */
  void committed(SimMember member, TopicPartition partition, OffsetAndMetadata commit) {
    int p = partition.partition();
    require(member.consumer.owns(partition), "commits " + commit + " of another's", partition);
    ModelLog.Entry open = log.firstOpen(p);
    require(
        open == null || commit.offset() <= open.offset(),
        "commits " + commit.offset() + " past what has no outcome",
        open);
    Sitting sitting = member.sittings.get(p);
    if (sitting != null) {
      require(commit.offset() >= sitting.frontier, "commits back to " + commit, sitting);
      sitting.frontier = commit.offset();
    }
    world.held.committed(member, p, commit);
    if (commit.metadata().isEmpty()) {
      return;
    }
    try {
      SettledOffsets ahead = CommitMetadata.decode(commit.offset(), commit.metadata());
      List<ModelLog.Entry> entries = log.partitions.get(p);
      for (int i = log.indexFrom(p, commit.offset()); i < entries.size(); i++) {
        ModelLog.Entry entry = entries.get(i);
        require(
            entry.kept() || !ahead.contains(entry.offset()),
            "metadata names what has no outcome",
            entry);
      }
    } catch (MetadataFormatException e) {
      violated("metadata that cannot be read is committed: " + e.getMessage());
    }
  }

  // After every step

  void check(SimMember member) {
    if (member.vanished()) {
      return;
    }
    require(member.counters.read() == member.read, "read " + member.counters.read(), member);
    for (Outcome outcome : Outcome.values()) {
      long counted = member.counters.settled(outcome);
      long expected = member.expected.getOrDefault(outcome, 0L);
      if (counted != expected) {
        violated(
            "the ledger of " + member + " has " + counted + " " + outcome + ", not " + expected);
      }
    }
    if (member.drained != null && member.drained.getNow(false) && !member.inOwner) {
      require(member.inFlight == world.held.held(member), "drained with records in flight", member);
      Set<Integer> mine = member.sittings.keySet();
      member.drained = null;
      world.tell(() -> member + " is drained, " + mine);
    }
  }

  static Map<Outcome, Long> ledger() {
    return new EnumMap<>(Outcome.class);
  }
}
