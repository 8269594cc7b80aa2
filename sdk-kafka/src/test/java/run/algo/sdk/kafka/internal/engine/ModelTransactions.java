package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * The coordinator of a simulated broker's transactions, and what they write. A transaction is
 * decided at one moment, and then its outputs can be seen and its offsets are committed; but the
 * offsets, as with the real one, are there for others a little later, and until then nobody is told
 * where the partition stands. An ID's next transaction, or its next producer, waits for that.
 */
final class ModelTransactions {

  /** One that is open for so long, in milliseconds, is aborted by the coordinator. */
  private static final int TIMEOUT = 900;

  private final SimWorld world;
  private final Map<String, Registered> ids = new HashMap<>();

  /** For each partition, of which request the committed offset is. */
  private final Map<Integer, Long> committedBy = new HashMap<>();

  private long sequence;

  /** A {@code transactional.id}. */
  private static final class Registered {
    private int epoch;
    private Transaction open;
  }

  /** A transaction, as the broker knows it. */
  static final class Transaction {
    private final String id;
    private final int epoch;
    final SimMember member;
    final List<Written> records = new ArrayList<>();
    final Map<Integer, Offset> offsets = new HashMap<>();
    private boolean decided;
    private boolean ended;

    Transaction(String id, int epoch, SimMember member) {
      this.id = id;
      this.epoch = epoch;
      this.member = member;
    }

    /** Whether it is committed. */
    boolean decided() {
      return decided;
    }
  }

  /** A record in the log: which of all that were written, in their order. */
  record Written(long sequence, ProducerRecord<byte[], byte[]> record) {}

  /** An offset that waits for its transaction: which of all requests it came with. */
  record Offset(long sequence, OffsetAndMetadata commit) {}

  ModelTransactions(SimWorld world) {
    this.world = world;
  }

  /** A producer comes: what the one before it has left behind is ended. */
  int init(String id) {
    Registered registered = ids.computeIfAbsent(id, i -> new Registered());
    end(registered);
    return ++registered.epoch;
  }

  Transaction begin(String id, int epoch, SimMember member) {
    return new Transaction(id, epoch, member);
  }

  /** A producer's first request of a transaction makes the coordinator know of it. */
  private void touch(Transaction transaction) {
    Registered registered = ids.get(transaction.id);
    if (registered.epoch != transaction.epoch || transaction.ended) {
      throw new ProducerFencedException(transaction.id + " has another producer");
    }
    if (registered.open != transaction) {
      end(registered);
      registered.open = transaction;
      world.time.after(
          java.time.Duration.ofMillis(TIMEOUT),
          () -> {
            if (!transaction.decided && !transaction.ended) {
              expire(transaction.id);
            }
          });
    }
  }

  /** The coordinator aborts what is open, and takes nothing more from its producer. */
  void expire(String id) {
    world.tell(() -> id + " is put out by the coordinator");
    init(id);
  }

  /** Writes a record; returns its place where anybody wants to know it. */
  long write(Transaction transaction, ProducerRecord<byte[], byte[]> record) {
    touch(transaction);
    transaction.records.add(new Written(sequence++, record));
    return ModelParking.isParked(record)
        ? world.parking.topic.write(transaction.member, record, transaction)
        : -1;
  }

  /** Written by whom no transaction holds back. */
  void writeOutside(SimMember member, ProducerRecord<byte[], byte[]> record) {
    Transaction alone = new Transaction("", 0, member);
    alone.records.add(new Written(sequence++, record));
    world.exactlyOnce.decided(alone);
  }

  void offsets(
      Transaction transaction,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata group) {
    touch(transaction);
    if (!world.group.believes(group)) {
      world.fenced++;
      throw new CommitFailedException("the group has moved on");
    }
    offsets.forEach(
        (partition, commit) ->
            transaction.offsets.put(partition.partition(), new Offset(sequence++, commit)));
  }

  void commit(Transaction transaction) {
    if (transaction.decided) {
      return;
    }
    touch(transaction);
    transaction.decided = true;
    world.commits++;
    world.tell(
        () ->
            transaction.id
                + " commits "
                + transaction.records.size()
                + " records and "
                + transaction.offsets);
    world.exactlyOnce.decided(transaction);
    if (world.parking.on()) {
      world.parking.topic.decided(transaction);
    }
    world.time.after(world.delay(10), () -> end(ids.get(transaction.id), transaction));
  }

  void abort(Transaction transaction) {
    if (!transaction.decided) {
      touch(transaction);
      world.aborts++;
      end(ids.get(transaction.id), transaction);
    }
  }

  private void end(Registered registered) {
    if (registered.open != null) {
      end(registered, registered.open);
    }
  }

  private void end(Registered registered, Transaction transaction) {
    if (transaction.ended) {
      return;
    }
    transaction.ended = true;
    if (world.parking.on()) {
      world.parking.topic.ended(transaction);
    }
    if (registered.open == transaction) {
      registered.open = null;
    }
    if (transaction.decided) {
      transaction.offsets.forEach(
          (partition, offset) -> {
            if (committedBy.merge(partition, offset.sequence(), Math::max) == offset.sequence()) {
              world.log.committed[partition] = offset.commit();
            }
          });
    }
  }

  /** Whether no transaction is open that may move the partition's offset. */
  boolean isStable(int partition) {
    return ids.values().stream()
        .allMatch(
            registered ->
                registered.open == null || !registered.open.offsets.containsKey(partition));
  }
}
