package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.parking.ParkedFormat;
import run.algo.sdk.spi.ParkedId;

/**
 * The parking topic of a simulated broker: places in the order of the writes, with gaps where
 * transactions end; what an open transaction has written, and what is behind it, is not told; and
 * it is compacted whenever chance will have it.
 */
final class ModelParking {

  static final String TOPIC = "in.g.parked";

  /** So old, in nanoseconds, is a tombstone at least before it is removed. */
  private static final long RETENTION = 5_000_000_000L;

  final ParkedFormat format = new ParkedFormat(ModelLog.TOPIC, "g");
  private final SimWorld world;
  private final List<List<Slot>> partitions = new ArrayList<>();
  private final long[] next;
  private final Map<ModelTransactions.Transaction, List<Slot>> open = new HashMap<>();

  /** A place and what was written there. */
  static final class Slot {
    final ConsumerRecord<byte[], byte[]> record;
    final ModelLog.Entry entry;
    final SimMember writer;
    private final long at;

    /** It, or its transaction, is decided; and can be read. */
    private boolean decided;

    private boolean readable;

    Slot(ConsumerRecord<byte[], byte[]> record, ModelLog.Entry entry, SimMember writer, long at) {
      this.record = record;
      this.entry = entry;
      this.writer = writer;
      this.at = at;
    }

    long place() {
      return record.offset();
    }

    boolean tombstone() {
      return record.value() == null;
    }
  }

  ModelParking(SimWorld world) {
    this.world = world;
    this.next = new long[world.schedule.partitions];
    for (int p = 0; p < world.schedule.partitions; p++) {
      partitions.add(new ArrayList<>());
    }
  }

  static boolean isParked(ProducerRecord<byte[], byte[]> record) {
    return record.topic().equals(TOPIC);
  }

  static RecordMetadata metadata(int partition, long place) {
    return new RecordMetadata(new TopicPartition(TOPIC, partition), place, 0, 0, 0, 0);
  }

  ModelLog.Entry entry(ProducerRecord<byte[], byte[]> record) {
    ParkedId id = format.id(record.key()).orElseThrow();
    if (id.partition() != record.partition()) {
      throw new IllegalStateException(id + " in partition " + record.partition());
    }
    return world.log.entry(id.partition(), id.offset());
  }

  // Writes

  /** Writes a record; returns its place. */
  long write(
      SimMember member,
      ProducerRecord<byte[], byte[]> record,
      ModelTransactions.@Nullable Transaction transaction) {
    int p = record.partition();
    Slot slot =
        new Slot(
            new ConsumerRecord<>(
                TOPIC,
                p,
                next[p]++,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                new RecordHeaders(record.headers()),
                Optional.empty()),
            entry(record),
            member,
            world.time.nanos());
    partitions.get(p).add(slot);
    if (transaction == null) {
      world.parking.visible(slot);
      slot.readable = true;
      decided(slot);
      if (world.chance(100)) {
        compact(p);
      }
    } else {
      open.computeIfAbsent(transaction, first -> new ArrayList<>()).add(slot);
    }
    return slot.place();
  }

  /** The last word about a record is that of its last place. */
  private void decided(Slot slot) {
    slot.decided = true;
    Slot last = last(slot);
    slot.entry.parked = last != null && !last.tombstone();
  }

  private @Nullable Slot last(Slot of) {
    Slot last = null;
    for (Slot slot : partitions.get(of.record.partition())) {
      if (slot.entry == of.entry && slot.decided) {
        last = slot;
      }
    }
    return last;
  }

  /** A transaction is committed; what it wrote can be read when it has ended. */
  void decided(ModelTransactions.Transaction transaction) {
    open.getOrDefault(transaction, List.of()).forEach(this::decided);
  }

  /** A transaction has ended, well or not. */
  void ended(ModelTransactions.Transaction transaction) {
    List<Slot> slots = open.remove(transaction);
    if (slots != null) {
      for (Slot slot : slots) {
        slot.readable = slot.decided;
        if (!slot.decided) {
          partitions.get(slot.record.partition()).remove(slot);
        }
      }
      slots.stream().map(slot -> slot.record.partition()).distinct().forEach(p -> next[p]++);
      if (world.chance(100)) {
        compact(slots.get(0).record.partition());
      }
    }
  }

  private void compact(int p) {
    List<Slot> slots = partitions.get(p);
    long stable = stable(p);
    Map<ModelLog.Entry, Slot> latest = new HashMap<>();
    for (Slot slot : slots) {
      if (slot.place() < stable) {
        latest.put(slot.entry, slot);
      }
    }
    slots.removeIf(
        slot ->
            slot.place() < stable
                && world.chance(600)
                && latest.get(slot.entry) != slot
                && !slot.tombstone());
    slots.removeIf(
        slot ->
            slot.place() < stable
                && slot.tombstone()
                && world.time.nanos() - slot.at > RETENTION
                && slots.stream()
                    .noneMatch(other -> other.entry == slot.entry && other.place() < slot.place()));
  }

  // Reads

  long end(int p) {
    return next[p];
  }

  /** The first place that is not told, since it is not known yet what becomes of it. */
  long stable(int p) {
    return partitions.get(p).stream()
        .filter(slot -> !slot.readable)
        .mapToLong(Slot::place)
        .min()
        .orElse(next[p]);
  }

  List<Slot> readable(int p, long end) {
    return partitions.get(p).stream().filter(slot -> slot.readable && slot.place() < end).toList();
  }

  /** What is at a place; null when there is nothing any more. */
  @Nullable Slot at(int p, long place) {
    for (Slot slot : partitions.get(p)) {
      if (slot.readable && slot.place() == place) {
        return slot;
      }
    }
    return null;
  }

  /** All that is there of a record. */
  List<Slot> versions(ModelLog.Entry entry) {
    return partitions.get(entry.partition.partition()).stream()
        .filter(slot -> slot.entry == entry && !slot.tombstone())
        .toList();
  }

  /** A superseded record goes, or has gone. */
  boolean vanishes(Slot slot) {
    int p = slot.record.partition();
    boolean superseded =
        partitions.get(p).stream()
            .anyMatch(
                other ->
                    other.entry == slot.entry && other.readable && other.place() > slot.place());
    return superseded && !slot.tombstone() && world.chance(800) && partitions.get(p).remove(slot);
  }

  /** Records that are parked. */
  List<ModelLog.Entry> live() {
    List<ModelLog.Entry> live = new ArrayList<>();
    for (List<ModelLog.Entry> entries : world.log.partitions) {
      entries.stream().filter(entry -> entry.parked).forEach(live::add);
    }
    return live;
  }
}
