package run.algo.sdk.kafka.internal.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import run.algo.sdk.kafka.config.Ordering;

/** The input topic of a simulated broker: its records, what is known of each, and the commits. */
final class ModelLog {

  static final String TOPIC = "in";

  /** First byte of a value that cannot be decoded. */
  static final byte POISON = 0x7f;

  final List<List<Entry>> partitions = new ArrayList<>();
  final OffsetAndMetadata[] committed;
  private final int[] visible;
  private final int[] kept;

  /** A record of the input. */
  static final class Entry {
    final TopicPartition partition;
    final int index;
    final ConsumerRecord<byte[], byte[]> record;

    /** What it is to its trace; null when it has none. */
    final ModelTraces.Part part;

    /** The record before it in its order scope; null for the first, and where there is none. */
    final Entry before;

    /** Where the next record is, or will be. */
    final long next;

    /** Its outcome is acknowledged, whoever brought it about. */
    boolean durable;

    /** It is in the parking topic. */
    boolean parked;

    /** It has been begun, by whomever. */
    boolean begun;

    Entry(
        ConsumerRecord<byte[], byte[]> record,
        ModelTraces.Part part,
        int index,
        Entry before,
        long next) {
      this.partition = new TopicPartition(record.topic(), record.partition());
      this.record = record;
      this.part = part;
      this.index = index;
      this.before = before;
      this.next = next;
    }

    /** A commit may pass it. */
    boolean kept() {
      return durable || parked;
    }

    long offset() {
      return record.offset();
    }

    /** Whether it is executed with a later one of its trace. */
    boolean held() {
      return part != null && part.held();
    }

    int bytes() {
      byte[] key = record.key();
      byte[] value = record.value();
      return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }

    /** The order scope within its partition. */
    Object scope(Ordering ordering) {
      byte[] key = record.key();
      return switch (ordering) {
        case PARTITION -> "partition";
        case KEY -> key == null ? "no key" : (Object) key[0];
        case UNORDERED -> this;
      };
    }

    @Override
    public String toString() {
      return partition.partition() + "@" + record.offset();
    }
  }

  ModelLog(Schedule schedule, SplittableRandom random) {
    committed = new OffsetAndMetadata[schedule.partitions];
    visible = new int[schedule.partitions];
    kept = new int[schedule.partitions];
    long[] next = new long[schedule.partitions];
    List<Map<Object, Entry>> last = new ArrayList<>();
    for (int p = 0; p < schedule.partitions; p++) {
      partitions.add(new ArrayList<>());
      last.add(new HashMap<>());
      next[p] = random.nextInt(3) * 1000L;
    }
    ModelTraces traces = new ModelTraces(schedule.partitions, random);
    for (int i = 0; i < schedule.records; i++) {
      int p = random.nextInt(schedule.partitions);
      long offset = next[p];
      next[p] += 1 + hole(schedule, random);
      ModelTraces.Part part = schedule.gathers ? traces.next(p) : null;
      Entry bare = new Entry(record(p, offset, part, schedule, random), part, 0, null, 0);
      Object scope = bare.scope(schedule.ordering);
      List<Entry> entries = partitions.get(p);
      // What is held leaves the order of its scope: it is executed with what triggers it.
      Entry before = bare.held() ? null : last.get(p).get(scope);
      Entry entry = new Entry(bare.record, part, entries.size(), before, next[p]);
      if (!entry.held()) {
        last.get(p).put(scope, entry);
      }
      if (part != null) {
        part.trace().entries.add(entry);
      }
      entries.add(entry);
    }
  }

  private static int hole(Schedule schedule, SplittableRandom random) {
    if (random.nextInt(8) != 0) {
      return 0;
    }
    return schedule.wideHoles ? 1 + random.nextInt(40_000) : 1 + random.nextInt(4);
  }

  private static ConsumerRecord<byte[], byte[]> record(
      int partition,
      long offset,
      ModelTraces.Part part,
      Schedule schedule,
      SplittableRandom random) {
    byte[] key = random.nextInt(8) == 0 ? null : new byte[] {(byte) random.nextInt(schedule.keys)};
    byte[] value = null;
    if (part == null ? random.nextInt(20) != 0 : !part.only()) {
      int size = random.nextInt(40) == 0 ? 600 : random.nextInt(60);
      value = ByteBuffer.allocate(1 + size).array();
      value[0] = schedule.deadLetters && random.nextInt(30) == 0 ? POISON : 0;
    }
    return new ConsumerRecord<>(
        TOPIC,
        partition,
        offset,
        0,
        TimestampType.CREATE_TIME,
        0,
        0,
        key,
        value,
        part == null ? new RecordHeaders() : part.headers(),
        random.nextInt(4) == 0 ? Optional.empty() : Optional.of((int) (offset / 16)));
  }

  Entry entry(int partition, long offset) {
    List<Entry> entries = partitions.get(partition);
    int index = indexFrom(partition, offset);
    if (index == entries.size() || entries.get(index).offset() != offset) {
      throw new IllegalStateException("no record at " + partition + "@" + offset);
    }
    return entries.get(index);
  }

  /** Index of the first record at or after the offset. */
  int indexFrom(int partition, long offset) {
    List<Entry> entries = partitions.get(partition);
    int index = 0;
    while (index < entries.size() && entries.get(index).offset() < offset) {
      index++;
    }
    return index;
  }

  /** How many records can be read so far. */
  int visible(int partition) {
    return visible[partition];
  }

  /** Some more records appear. */
  void produce(int partition, int count) {
    visible[partition] = Math.min(partitions.get(partition).size(), visible[partition] + count);
  }

  /** The first record that is neither parked nor has a durable outcome; null for none. */
  Entry firstOpen(int partition) {
    List<Entry> entries = partitions.get(partition);
    int index = kept[partition];
    while (index < entries.size() && entries.get(index).kept()) {
      index++;
    }
    kept[partition] = index;
    return index == entries.size() ? null : entries.get(index);
  }

  /** Where who owns the partition next begins to read. */
  long position(int partition) {
    return committed[partition] == null ? 0 : committed[partition].offset();
  }

  /** Everything has its outcome and is committed. */
  boolean done() {
    for (int p = 0; p < partitions.size(); p++) {
      List<Entry> entries = partitions.get(p);
      if (!entries.isEmpty()
          && (!entries.stream().allMatch(entry -> entry.durable)
              || position(p) <= entries.get(entries.size() - 1).offset())) {
        return false;
      }
    }
    return true;
  }
}
