package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;

/**
 * Kafka's mock with what an engine on one thread needs besides: partitions that come as they are
 * written to, commits that are remembered, and the number of records that were read.
 */
final class FakeConsumer extends MockConsumer<byte[], byte[]> {

  private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> logs = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
  private long delivered;

  FakeConsumer(int maxPollRecords) {
    super("earliest");
    setMaxPollRecords(maxPollRecords);
  }

  /** The partition of a topic exists, with those of lower numbers, and is assigned. */
  void ensure(String topic, int partition) {
    boolean grown = false;
    for (int p = 0; p <= partition; p++) {
      TopicPartition each = new TopicPartition(topic, p);
      if (logs.putIfAbsent(each, new ArrayList<>()) == null) {
        updateBeginningOffsets(Map.of(each, 0L));
        grown = true;
      }
    }
    if (grown) {
      rebalance(logs.keySet());
      logs.values().forEach(this::restore);
    }
  }

  /** The parent forgets at a rebalance what has not been read. */
  private void restore(List<ConsumerRecord<byte[], byte[]>> log) {
    for (ConsumerRecord<byte[], byte[]> record : log) {
      if (record.offset() >= position(new TopicPartition(record.topic(), record.partition()))) {
        addRecord(record);
      }
    }
  }

  /** The offset that the next record of a partition gets. */
  long end(TopicPartition partition) {
    return logs.getOrDefault(partition, List.of()).size();
  }

  /** The ends of partitions, at once. */
  CompletionStage<Map<TopicPartition, Long>> ends(Set<TopicPartition> partitions) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    partitions.forEach(partition -> ends.put(partition, end(partition)));
    return CompletableFuture.completedFuture(ends);
  }

  void append(ConsumerRecord<byte[], byte[]> record) {
    ensure(record.topic(), record.partition());
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    logs.computeIfAbsent(partition, unused -> new ArrayList<>()).add(record);
    addRecord(record);
  }

  /** How many records have been read. */
  long delivered() {
    return delivered;
  }

  /** The offset to go on from; 0 where nothing was committed. */
  long committed(TopicPartition partition) {
    OffsetAndMetadata commit = commits.get(partition);
    return commit == null ? 0 : commit.offset();
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
    delivered += records.count();
    return records;
  }

  /** The parent would end the next poll; here nobody waits in one. */
  @Override
  public synchronized void wakeup() {}

  @Override
  public synchronized void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    commits.putAll(offsets);
    callback.onComplete(offsets, null);
  }

  @Override
  public synchronized void commitSync(
      Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    commits.putAll(offsets);
  }
}
