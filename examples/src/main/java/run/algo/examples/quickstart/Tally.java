package run.algo.examples.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import run.algo.sdk.RecordHeader;

/**
 * Reads the Algo's output with a plain consumer, as any reader of the topic would, and adds the
 * counts up. Not thread-safe.
 */
final class Tally implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(50);

  private final Consumer<byte[], byte[]> consumer;
  private final Admin admin;
  private final String group;
  private final Traces traces;
  private final Map<String, Long> counts = new HashMap<>();
  private Map<TopicPartition, Long> committed = Map.of();

  /** A reader of what is written to the topic from now on. */
  Tally(
      Map<String, Object> clientProperties,
      Admin admin,
      String topic,
      String group,
      Traces traces) {
    this.admin = admin;
    this.group = group;
    this.traces = traces;
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "quickstart-tally");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    consumer
        .partitionsFor(topic)
        .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position); // seekToEnd alone is lazy
  }

  /**
   * Reads on.
   *
   * @return whether it is done: the Algo's group has committed all that was published, and what it
   *     wrote is read
   */
  boolean advance(Publisher.Published published) throws InterruptedException {
    boolean idle = read() == 0;
    if (!idle && traces.seen() < published.lines()) {
      return false;
    }
    committed = committed(published.ends());
    boolean settled =
        published.ends().entrySet().stream()
            .allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
    if (settled) {
      // An offset is committed after the results are written: they lie before the end of now.
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (!ends.entrySet().stream()
          .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
        read();
      }
    }
    return settled;
  }

  private int read() {
    int found = 0;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      Header trace = record.headers().lastHeader("traceID");
      if (trace != null && traces.isNew(new RecordHeader("traceID", trace.value()).text())) {
        result(record.value())
            .forEach((word, count) -> counts.merge(word, (long) count, Long::sum));
        found++;
      }
    }
    return found;
  }

  private static Map<String, Integer> result(byte[] value) {
    try {
      return WordCount.WORDS.codec().decode(value);
    } catch (Exception e) {
      throw new KafkaException("a result cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<TopicPartition, Long> committed(Map<TopicPartition, Long> wanted)
      throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> offsets;
    try {
      offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    } catch (ExecutionException e) {
      throw new KafkaException("the offsets of group " + group + " cannot be read", e.getCause());
    }
    Map<TopicPartition, Long> result = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null && wanted.containsKey(partition)) {
            result.put(partition, offset.offset());
          }
        });
    return result;
  }

  /** How many lines have their result. */
  int results() {
    return traces.seen();
  }

  /** How often each word was found so far. */
  Map<String, Long> counts() {
    return counts;
  }

  /** What the Algo's group had committed when last asked, by partition number. */
  Map<Integer, Long> committedOffsets() {
    Map<Integer, Long> result = new TreeMap<>();
    committed.forEach((partition, offset) -> result.put(partition.partition(), offset));
    return result;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
