package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that brings a full poll at once, for ever, and makes of each record only what the real
 * one makes anew: the record and its key. Values and headers are shared, so that what it costs
 * itself is small beside what reads it.
 *
 * <p>All calls that the poll loop makes are overridden: Kafka's mock, which it extends so as to be
 * a {@code Consumer}, does nothing here.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // one thread
final class FeedConsumer extends MockConsumer<byte[], byte[]> {

  private static final int VALUE_BYTES = 200;
  private static final Optional<Integer> EPOCH = Optional.of(1);

  private final List<TopicPartition> partitions = new ArrayList<>();
  private final long[] ends;
  private final int keys;
  private final int spread;
  private final int pollRecords;
  private final byte[] value = new byte[VALUE_BYTES];
  private final RecordHeaders headers = EngineParts.headers();
  private @Nullable ConsumerRebalanceListener listener;
  private boolean assigned;
  private int turn;
  private long random = 42;
  private long delivered;
  private long committed;

  /**
   * A consumer.
   *
   * @param partitions how many are assigned
   * @param keys how many different keys the records have, drawn at random
   * @param spread of how many partitions a poll brings records; partitions take turns
   * @param pollRecords how many records a poll brings
   */
  FeedConsumer(int partitions, int keys, int spread, int pollRecords) {
    super("earliest");
    for (int i = 0; i < partitions; i++) {
      this.partitions.add(new TopicPartition(EngineParts.TOPIC, i));
    }
    this.ends = new long[partitions];
    this.keys = keys;
    this.spread = Math.min(spread, partitions);
    this.pollRecords = pollRecords;
  }

  /** How many records were read. */
  long delivered() {
    return delivered;
  }

  /** How many offsets lie below the committed ones, of all partitions. */
  long committed() {
    return committed;
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener callback) {
    listener = callback;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    ConsumerRebalanceListener waiting = listener;
    if (waiting != null && !assigned) {
      assigned = true;
      waiting.onPartitionsAssigned(partitions);
      return ConsumerRecords.empty();
    }
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    for (int i = 0; i < spread; i++) {
      int partition = turn++ % ends.length;
      int from = pollRecords * i / spread;
      int to = pollRecords * (i + 1) / spread;
      records.put(partitions.get(partition), records(partition, to - from));
      next.put(partitions.get(partition), new OffsetAndMetadata(ends[partition], EPOCH, ""));
    }
    delivered += pollRecords;
    return new ConsumerRecords<>(records, next);
  }

  private List<ConsumerRecord<byte[], byte[]>> records(int partition, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] key = key();
      records.add(
          new ConsumerRecord<>(
              EngineParts.TOPIC,
              partition,
              ends[partition]++,
              1_700_000_000_000L,
              TimestampType.CREATE_TIME,
              key.length,
              VALUE_BYTES,
              key,
              value,
              headers,
              EPOCH));
    }
    return records;
  }

  /** Nine bytes: a letter and a number. */
  private byte[] key() {
    random ^= random << 13; // Marsaglia, Xorshift RNGs (2003)
    random ^= random >>> 7;
    random ^= random << 17;
    int number = (int) ((random >>> 33) % keys);
    byte[] key = new byte[9];
    key[0] = 'k';
    for (int i = 8; i > 0; i--) {
      key[i] = (byte) ('0' + number % 10);
      number /= 10;
    }
    return key;
  }

  @Override
  public void pause(Collection<TopicPartition> paused) {
    throw new IllegalStateException("the bounds are too narrow for what is measured: " + paused);
  }

  @Override
  public void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable OffsetCommitCallback callback) {
    offsets.values().forEach(offset -> committed = Math.max(committed, offset.offset()));
    if (callback != null) {
      callback.onComplete(offsets, null);
    }
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> asked, Duration timeout) {
    return Map.of();
  }

  @Override
  public OptionalLong currentLag(TopicPartition partition) {
    return OptionalLong.of(0);
  }

  @Override
  public void wakeup() {
    // nobody waits
  }
}
