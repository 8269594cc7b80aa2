package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import run.algo.sdk.kafka.config.MessageDataType;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.spi.FileHousekeeping;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.HousekeepingFile;

/**
 * The files that the records of some topics refer to, for {@link FileHousekeeping}.
 *
 * <pre>{@code
 * try (ReferencedFiles references = ReferencedFiles.of(consumerProperties, topics)) {
 *   references.refresh();
 *   HousekeepingPlan plan = FileHousekeeping.builder(store, host, bucket, references).build().plan("");
 *   System.out.println(plan); // the dry run
 *   references.refresh();     // what has been written since
 *   plan.remove();
 * }
 * }</pre>
 *
 * <p>Name every topic that may hold a reference to the bucket: outputs, and with each input that
 * reads them its retry, parking and dead-letter topics. A file stays when a record refers to it, or
 * to any other file of its trace: what a gather or a later step needs is not taken apart.
 *
 * <p>Topics are read from their beginning to their end, without a group and without commits,
 * records of open and aborted transactions included. Memory: 16 bytes a reference; of two names
 * with one 64-bit hash both count as referenced. For one thread.
 *
 * @since 0.1.0
 */
public final class ReferencedFiles implements FileHousekeeping.References, AutoCloseable {

  private static final Duration POLL = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final List<String> topics;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private long[] hashes = new long[1024];
  private int size;
  private boolean sorted = true;
  private boolean read;
  private long references;
  private long unreadable;

  private ReferencedFiles(Consumer<byte[], byte[]> consumer, Collection<String> topics) {
    this.consumer = consumer;
    this.topics = List.copyOf(topics);
  }

  /**
   * Of the records of these topics; reads nothing yet.
   *
   * @param consumerProperties how to reach the brokers: properties of a Kafka consumer; those of
   *     groups, offsets and deserializers are replaced
   * @param topics the topics' names
   * @return the references, to be closed by the caller
   * @throws IllegalArgumentException when there are no topics: every file would look unreferenced
   */
  public static ReferencedFiles of(
      Map<String, Object> consumerProperties, Collection<String> topics) {
    if (topics.isEmpty()) {
      throw new IllegalArgumentException(
          "no topics: name those whose records may refer to files, or each file would be removed");
    }
    Map<String, Object> config = new HashMap<>(consumerProperties);
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    config.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    return new ReferencedFiles(new KafkaConsumer<>(config, bytes, bytes), topics);
  }

  /**
   * Reads what the topics hold now, the first time from their beginning, later on from where it
   * ended.
   *
   * @throws UnknownTopicOrPartitionException when one of the topics does not exist
   * @throws KafkaException when the topics cannot be read
   */
  public void refresh() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions());
    consumer.assign(ends.keySet());
    ends.forEach(
        (partition, end) -> {
          Long position = positions.get(partition);
          if (position == null) {
            consumer.seekToBeginning(List.of(partition));
          } else {
            consumer.seek(partition, position);
          }
        });
    Map<TopicPartition, Long> left = new HashMap<>(ends);
    while (true) {
      left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (left.isEmpty()) {
        break;
      }
      consumer.poll(POLL).forEach(this::add);
    }
    ends.keySet().forEach(partition -> positions.put(partition, consumer.position(partition)));
    read = true;
  }

  private List<TopicPartition> partitions() {
    Map<String, List<PartitionInfo>> known = new TreeMap<>();
    for (String topic : topics) {
      List<PartitionInfo> partitions = consumer.partitionsFor(topic);
      if (partitions == null || partitions.isEmpty()) {
        throw new UnknownTopicOrPartitionException(
            "topic " + topic + ", whose records may refer to files, does not exist");
      }
      known.put(topic, partitions);
    }
    return known.values().stream()
        .flatMap(List::stream)
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .toList();
  }

  private void add(ConsumerRecord<byte[], byte[]> record) {
    Header type = record.headers().lastHeader(ProtocolHeaders.MESSAGE_DATA_TYPE);
    if (type == null
        || record.value() == null
        || !MessageDataType.FILE_REFERENCE.wireName().equals(text(type.value()))) {
      return;
    }
    try {
      String file = FileReference.parse(record.value()).file();
      add(keyHash(file));
      int slash = file.indexOf('/');
      if (slash > 0) {
        add(traceHash(file.substring(0, slash)));
      }
      references++;
    } catch (IllegalArgumentException e) {
      unreadable++; // refers to nothing
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, UTF_8);
  }

  private void add(long hash) {
    if (size == hashes.length) {
      shrink();
      if (size > hashes.length / 2) {
        hashes = Arrays.copyOf(hashes, hashes.length * 2);
      }
    }
    hashes[size++] = hash;
    sorted = false;
  }

  /** Sorts, and drops what is there twice: a trace has many records. */
  private void shrink() {
    Arrays.sort(hashes, 0, size);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (kept == 0 || hashes[kept - 1] != hashes[i]) {
        hashes[kept++] = hashes[i];
      }
    }
    size = kept;
    sorted = true;
  }

  @Override
  public boolean isReferenced(HousekeepingFile file) {
    if (!read) {
      throw new IllegalStateException("refresh() first: nothing has been read yet");
    }
    if (!sorted) {
      shrink();
    }
    return contains(keyHash(file.key()))
        || file.trace().filter(trace -> contains(traceHash(trace))).isPresent();
  }

  private boolean contains(long hash) {
    return Arrays.binarySearch(hashes, 0, size, hash) >= 0;
  }

  private static long keyHash(String key) {
    return hash('k', key);
  }

  private static long traceHash(String trace) {
    return hash('t', trace);
  }

  /** FNV-1a, of 64 bits. */
  private static long hash(char kind, String text) {
    long hash = (0xcbf29ce484222325L ^ kind) * 0x100000001b3L;
    for (byte each : text.getBytes(UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /** {@return how many references were read} */
  public long references() {
    return references;
  }

  /** {@return how many records say that they are references and are none} */
  public long unreadable() {
    return unreadable;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
