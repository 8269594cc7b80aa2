package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Fills the input topic, with the headers that the SDK gives to a record between two Algos. The
 * same shape makes the same records in the same order.
 *
 * @param records how many
 * @param valueBytes bytes of a value
 * @param partitions partitions of the topic
 * @param keys which keys, how often
 * @param seed where the random numbers start
 */
record Loader(long records, int valueBytes, int partitions, KeyDistribution keys, long seed) {

  private static final Header CONTENT_TYPE =
      new RecordHeader("contentType", "application/octet-stream".getBytes(UTF_8));
  private static final Header MESSAGE_DATA_TYPE =
      new RecordHeader("messageDataType", "Embedded".getBytes(UTF_8));

  Load fill(Topics topics, String topic) {
    topics.create(topic, partitions);
    Load load = new Load(topic, partitions, keys.keys());
    add(topics, load);
    return load;
  }

  /** Fills a topic with the same records once more. */
  void add(Topics topics, Load load) {
    String topic = load.topic();
    long before = load.records();
    AtomicReference<Exception> failure = new AtomicReference<>();
    List<byte[]> names = new ArrayList<>();
    for (int i = 0; i < keys.keys(); i++) {
      names.add(key(i));
    }
    SplittableRandom random = new SplittableRandom(seed);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            properties(topics), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long i = 0; i < records && failure.get() == null; i++) {
        int keyIndex = keys.next(random);
        byte[] key = names.get(keyIndex);
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        load.wrote(keyIndex, key, value);
        var unused =
            producer.send(
                new ProducerRecord<>(topic, null, null, key, value, headers(random, i)),
                (metadata, error) -> {
                  if (error != null) {
                    failure.set(error);
                  }
                });
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException("the input topic could not be filled", failure.get());
    }
    for (Map.Entry<TopicPartition, Long> end : topics.ends(topic).entrySet()) {
      load.ends(end.getKey().partition(), end.getValue());
    }
    if (load.records() != before + records) {
      throw new IllegalStateException(
          "the input topic has " + load.records() + " records instead of " + (before + records));
    }
  }

  /** The same for arms that are slow. */
  Loader fewer() {
    return new Loader(records / Options.SLOW_SHARE, valueBytes, partitions, keys, seed);
  }

  /** The bytes of a key. */
  byte[] key(int index) {
    return String.format(Locale.ROOT, "key-%07d", index).getBytes(UTF_8);
  }

  private static Map<String, Object> properties(Topics topics) {
    return Map.of(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
        topics.bootstrapServers(),
        ProducerConfig.BATCH_SIZE_CONFIG,
        128 * 1024,
        ProducerConfig.LINGER_MS_CONFIG,
        20);
  }

  /** The headers of a record between two Algos. */
  static List<Header> headers(SplittableRandom random, long index) {
    byte[] trace =
        String.format(Locale.ROOT, "%016x%016x", random.nextLong(), random.nextLong())
            .getBytes(UTF_8);
    byte[] fileName = ("upstream-0-" + index).getBytes(UTF_8);
    return List.of(
        new RecordHeader("traceID", trace),
        CONTENT_TYPE,
        new RecordHeader("fileName", fileName),
        MESSAGE_DATA_TYPE);
  }
}
