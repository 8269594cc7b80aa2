package run.algo.sdk.testkit.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What a test does with topics, as calls that return when it is done: writes with {@code acks=all},
 * reads what is committed, looks at offsets.
 *
 * <p>Text is UTF-8. Nothing waits for ever: a wait that ends without what was expected throws an
 * {@link AssertionError} that tells what was found, and a refusal of the brokers an {@link
 * IllegalStateException} with Kafka's own exception as its cause.
 *
 * <p>Thread-safe. {@link EmbeddedKafka#probe()} gives one that need not be closed.
 *
 * @since 0.1.0
 */
public final class KafkaProbe implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int SHOWN = 10;

  private final Map<String, Object> clientProperties;
  private final Admin admin;
  private @Nullable Producer<byte[], byte[]> producer;

  /**
   * Creates helpers that connect as the given settings say.
   *
   * @param clientProperties {@code bootstrap.servers} and, where needed, the security settings
   */
  public KafkaProbe(Map<String, Object> clientProperties) {
    this.clientProperties = Map.copyOf(clientProperties);
    admin = Admin.create(new HashMap<>(clientProperties));
  }

  /**
   * Creates a header.
   *
   * @param name its name
   * @param value its text
   * @return the header
   */
  public static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Creates a record of text.
   *
   * @param topic where to
   * @param partition where to, null = by key
   * @param key its key, null = none
   * @param value its value, null = a tombstone
   * @param headers its headers
   * @return the record
   */
  public static ProducerRecord<byte[], byte[]> record(
      String topic,
      @Nullable Integer partition,
      @Nullable String key,
      @Nullable String value,
      Header... headers) {
    return new ProducerRecord<>(topic, partition, bytes(key), bytes(value), List.of(headers));
  }

  /**
   * Writes a record of text.
   *
   * @param topic where to
   * @param key its key, null = none
   * @param value its value, null = a tombstone
   * @param headers its headers
   * @return where it stands
   */
  public RecordMetadata produce(
      String topic, @Nullable String key, @Nullable String value, Header... headers) {
    return produce(record(topic, null, key, value, headers));
  }

  /**
   * Writes a record of text.
   *
   * @param topic where to
   * @param partition where to, null = by key
   * @param key its key, null = none
   * @param value its value, null = a tombstone
   * @param headers its headers
   * @return where it stands
   */
  public RecordMetadata produce(
      String topic,
      @Nullable Integer partition,
      @Nullable String key,
      @Nullable String value,
      Header... headers) {
    return produce(record(topic, partition, key, value, headers));
  }

  /**
   * Writes a record.
   *
   * @param record the record
   * @return where it stands
   */
  public RecordMetadata produce(ProducerRecord<byte[], byte[]> record) {
    return produceAll(List.of(record)).get(0);
  }

  /**
   * Writes records in their order, without waiting for each.
   *
   * @param records the records
   * @return where they stand, in the same order
   */
  public List<RecordMetadata> produceAll(Iterable<ProducerRecord<byte[], byte[]>> records) {
    Producer<byte[], byte[]> out = producer();
    List<Future<RecordMetadata>> written = new ArrayList<>();
    records.forEach(record -> written.add(out.send(record)));
    out.flush();
    return written.stream().map(future -> await("writing", future)).toList();
  }

  /**
   * Writes values without keys to one topic, in their order.
   *
   * @param topic where to
   * @param values the values
   * @return where they stand, in the same order
   */
  public List<RecordMetadata> produceAll(String topic, Iterable<String> values) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    values.forEach(value -> records.add(record(topic, null, null, value)));
    return produceAll(records);
  }

  /**
   * Reads a topic as text, from its start to its end, once it holds enough committed records.
   *
   * @param topic the topic
   * @param expectedCount how many records to wait for
   * @param timeout how long to wait
   * @return all records that were there, which may be more; those of one partition in their order
   * @throws AssertionError when there were fewer in time; it names those that were there
   */
  public List<ConsumerRecord<String, String>> readAll(
      String topic, int expectedCount, Duration timeout) {
    return read(topic, expectedCount, timeout, new StringDeserializer());
  }

  /**
   * Reads a topic as bytes; otherwise as {@link #readAll}.
   *
   * @param topic the topic
   * @param expectedCount how many records to wait for
   * @param timeout how long to wait
   * @return all records that were there, which may be more; those of one partition in their order
   * @throws AssertionError when there were fewer in time; it names those that were there
   */
  public List<ConsumerRecord<byte[], byte[]>> readAllBytes(
      String topic, int expectedCount, Duration timeout) {
    return read(topic, expectedCount, timeout, new ByteArrayDeserializer());
  }

  /**
   * Returns the offset that a group has committed: the next one that it would read.
   *
   * @param group the group
   * @param partition the partition
   * @return the offset; empty when the group has committed none
   */
  public OptionalLong committedOffset(String group, TopicPartition partition) {
    OffsetAndMetadata committed = committedOffsets(group).get(partition);
    return committed == null ? OptionalLong.empty() : OptionalLong.of(committed.offset());
  }

  /**
   * Returns what a group has committed, with its metadata.
   *
   * @param group the group
   * @return by partition; partitions without a commit are absent
   */
  public Map<TopicPartition, OffsetAndMetadata> committedOffsets(String group) {
    Map<TopicPartition, OffsetAndMetadata> committed =
        new HashMap<>(
            await(
                "looking at the offsets of " + group,
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
    committed.values().removeIf(offset -> offset == null);
    return committed;
  }

  /**
   * Waits until a group has committed an offset or a later one.
   *
   * @param group the group
   * @param partition the partition
   * @param offset the next offset that the group is to read
   * @param timeout how long to wait
   * @throws AssertionError when it did not in time; it tells what was committed
   */
  public void awaitCommittedOffset(
      String group, TopicPartition partition, long offset, Duration timeout) {
    boolean reached =
        Await.until(timeout, () -> committedOffset(group, partition).orElse(-1) >= offset);
    if (!reached) {
      throw new AssertionError(
          "Group "
              + group
              + " did not commit offset "
              + offset
              + " of "
              + partition
              + " within "
              + timeout
              + ": committed is "
              + committedOffsets(group)
              + ", the end is "
              + endOffsets(partition.topic()).get(partition));
    }
  }

  /**
   * Returns the offsets behind the last record of each partition, which count aborted records and
   * the marks of transactions too.
   *
   * @param topic the topic
   * @return offsets by partition
   */
  public Map<TopicPartition, Long> endOffsets(String topic) {
    int partitions =
        await("looking at " + topic, admin.describeTopics(List.of(topic)).allTopicNames())
            .values()
            .iterator()
            .next()
            .partitions()
            .size();
    Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new LinkedHashMap<>();
    await("looking at the offsets of " + topic, admin.listOffsets(latest).all())
        .forEach((partition, info) -> ends.put(partition, info.offset()));
    return ends;
  }

  /** Closes the connections. Does nothing the second time. */
  @Override
  public void close() {
    synchronized (admin) {
      if (producer != null) {
        producer.close(Duration.ZERO);
        producer = null;
      }
    }
    admin.close(Duration.ZERO);
  }

  void createTopic(String name, int partitions, int replication, Map<String, String> configs) {
    NewTopic topic = new NewTopic(name, partitions, (short) replication).configs(configs);
    await("creating the topic " + name, admin.createTopics(List.of(topic)).all());
  }

  private <T> List<ConsumerRecord<T, T>> read(
      String topic, int expectedCount, Duration timeout, Deserializer<T> deserializer) {
    long start = System.nanoTime();
    List<ConsumerRecord<T, T>> found = new ArrayList<>();
    try (Consumer<T, T> consumer = consumer(deserializer)) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = Map.of();
      while (true) {
        consumer.poll(POLL).forEach(found::add);
        boolean enough = found.size() >= expectedCount;
        if (enough && ends.isEmpty()) {
          // Where a test expects n records and there are more, it shall see them: read on to what
          // is the end now.
          ends = consumer.endOffsets(partitions);
        }
        if (enough
            && ends.entrySet().stream()
                .allMatch(e -> consumer.position(e.getKey()) >= e.getValue())) {
          return found;
        }
        if (System.nanoTime() - start >= timeout.toNanos()) {
          throw new AssertionError(
              "Topic "
                  + topic
                  + " held "
                  + found.size()
                  + " of "
                  + expectedCount
                  + " committed records after "
                  + timeout
                  + "; last stable offsets "
                  + consumer.endOffsets(partitions)
                  + "; "
                  + describe(found));
        }
      }
    }
  }

  private static <T> String describe(List<ConsumerRecord<T, T>> records) {
    String shown =
        records.stream()
            .skip(Math.max(0, records.size() - SHOWN))
            .map(
                r -> r.partition() + "@" + r.offset() + " " + text(r.key()) + "=" + text(r.value()))
            .collect(Collectors.joining(", "));
    return "last ones: [" + shown + "]";
  }

  private static String text(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(value);
  }

  private List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
    return consumer.partitionsFor(topic, TIMEOUT).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  private <T> Consumer<T, T> consumer(Deserializer<T> deserializer) {
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(properties, deserializer, deserializer);
  }

  private Producer<byte[], byte[]> producer() {
    synchronized (admin) {
      if (producer == null) {
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis() / 3);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
        producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
      }
      return producer;
    }
  }

  private static <T extends @Nullable Object> T await(String what, Future<T> future) {
    try {
      return future.get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka refused " + what + ": " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("No answer to " + what + " within " + TIMEOUT.multipliedBy(2), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while " + what, e);
    }
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
