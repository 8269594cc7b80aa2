package run.algo.sdk.kafka.internal.engine;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Judges what whoever reads committed records sees: transactions in the order in which they are
 * decided. Of each input all outputs of one execution are seen, or its dead letter, or nothing
 * where it was filtered; once, in one transaction, and with the offset behind it; each transaction
 * begins where the one before it has ended; and outputs of a scope are in its order. Nothing is
 * waived, whoever crashes.
 */
final class SimExactlyOnce {

  private final SimWorld world;
  private final SimJudge judge;

  /** Up to which offset each partition is committed. */
  private final long[] committed;

  private final Map<Object, Seen> lastOfScope = new HashMap<>();

  /** The latest output of a scope: of which input, and where in the log. */
  private record Seen(ModelLog.Entry entry, long sequence) {}

  SimExactlyOnce(SimWorld world) {
    this.world = world;
    this.judge = world.judge;
    this.committed = new long[world.schedule.partitions];
  }

  void decided(ModelTransactions.Transaction transaction) {
    Map<ModelLog.Entry, Object> results = new HashMap<>();
    Set<ModelLog.Entry> parked = new HashSet<>();
    Set<ModelLog.Entry> forgotten = new HashSet<>();
    for (ModelTransactions.Written written : transaction.records) {
      if (ModelParking.isParked(written.record())) {
        ModelLog.Entry entry = world.parking.topic.entry(written.record());
        (written.record().value() == null ? forgotten : parked).add(entry);
      } else if (ModelProducer.isOutput(written.record())) {
        output(written, results);
      } else {
        deadLetter(transaction.member, written.record(), results);
      }
    }
    results.forEach(
        (entry, result) ->
            judge.require(
                !(result instanceof Sitting.Exec exec) || exec.allAcknowledged(),
                "only a part of its outputs is seen",
                result));
    parked.forEach(
        entry -> judge.require(!entry.durable, "parked, and has its result already", entry));
    for (ModelLog.Entry entry : forgotten) {
      judge.require(entry.parked, "forgotten without being parked", entry);
      judge.require(
          results.containsKey(entry) || world.parking.filtered(transaction.member, entry),
          "forgotten without its result",
          entry);
    }
    Set<ModelLog.Entry> behind = new HashSet<>(forgotten);
    transaction.offsets.forEach(
        (partition, offset) -> {
          long to = offset.commit().offset();
          moves(transaction.member, partition, to, results, parked, behind);
          world.held.committed(transaction.member, partition, offset.commit());
          committed[partition] = Math.max(to, committed[partition]);
        });
    for (ModelLog.Entry entry : results.keySet()) {
      judge.require(behind.contains(entry), "its result is seen without its offset", entry);
      entry.durable = true;
    }
    behind.forEach(entry -> entry.durable = true);
  }

  private void output(ModelTransactions.Written written, Map<ModelLog.Entry, Object> results) {
    Sitting.Exec exec = world.execs.get(ModelProducer.exec(written.record()));
    int output = ModelProducer.output(written.record());
    ModelLog.Entry entry = exec.entry;
    judge.require((exec.acknowledged & (1 << output)) == 0, "an output is seen twice", exec);
    exec.acknowledged |= 1 << output;
    exec.entries.forEach(each -> first(each, exec, results));
    if (world.schedule.order != Ordering.UNORDERED) {
      Object scope = List.of(entry.partition, world.parking.outputScope(exec));
      Seen last = lastOfScope.put(scope, new Seen(entry, written.sequence()));
      judge.require(
          last == null
              || (last.entry().offset() <= entry.offset() && last.sequence() < written.sequence()),
          "seen after " + (last == null ? "" : last.entry()),
          exec);
    }
  }

  private void deadLetter(
      SimMember member,
      ProducerRecord<byte[], byte[]> record,
      Map<ModelLog.Entry, Object> results) {
    ModelLog.Entry entry = ModelProducer.origin(world, record);
    first(entry, record, results);
    judge.deadLetterAcknowledged(
        member, entry, ModelProducer.reason(record), ModelProducer.executions(record));
  }

  private void first(ModelLog.Entry entry, Object result, Map<ModelLog.Entry, Object> results) {
    Object other = results.put(entry, result);
    judge.require(
        !entry.durable && (other == null || other == result), "its result is seen twice", entry);
  }

  private void moves(
      SimMember member,
      int partition,
      long to,
      Map<ModelLog.Entry, Object> results,
      Set<ModelLog.Entry> parked,
      Set<ModelLog.Entry> behind) {
    judge.require(
        to >= committed[partition],
        "commits back from " + committed[partition] + " to " + to,
        partition);
    List<ModelLog.Entry> entries = world.log.partitions.get(partition);
    int index = world.log.indexFrom(partition, committed[partition]);
    for (; index < entries.size() && entries.get(index).offset() < to; index++) {
      ModelLog.Entry entry = entries.get(index);
      if ((entry.kept() && !results.containsKey(entry)) || parked.contains(entry)) {
        continue;
      }
      behind.add(entry);
      Sitting.Exec latest = member.latest.get(entry);
      boolean filtered =
          member.triggeredNothing.contains(entry)
              || (latest != null && latest.outcome == Outcome.FILTERED);
      judge.require(results.containsKey(entry) || filtered, "committed without its result", entry);
    }
  }
}
