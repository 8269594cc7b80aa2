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
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Fills the input topic, with the headers that the SDK gives to a record between two Algos. The
 * same shape makes the same records in the same order.
 *
 * @param records how many
 * @param values what its values are
 * @param partitions partitions of the topic
 * @param keys which keys, how often
 * @param seed where the random numbers start
 * @param compression how the producer compresses it
 */
record Loader(
    long records,
    Values<?, ?> values,
    int partitions,
    KeyDistribution keys,
    long seed,
    String compression) {

  private static final Header MESSAGE_DATA_TYPE =
      new RecordHeader("messageDataType", "Embedded".getBytes(UTF_8));

  /** Random bytes, not compressed. */
  static Loader ofBytes(long records, int size, int partitions, KeyDistribution keys) {
    return new Loader(records, new Values.RandomBytes(size), partitions, keys, 1, "none");
  }

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
        Values.Sample sample = values.next(random);
        int answer = Load.fingerprint(key, sample.answer());
        var unused =
            producer.send(
                new ProducerRecord<>(topic, null, null, key, sample.value(), headers(random, i)),
                (at, error) -> {
                  if (error == null) {
                    load.wrote(at.partition(), at.offset(), keyIndex, answer);
                  } else {
                    failure.set(error);
                  }
                });
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException("the input topic could not be filled", failure.get());
    }
    long written = topics.ends(topic).values().stream().mapToLong(Long::longValue).sum();
    if (load.records() != before + records || written != load.records()) {
      throw new IllegalStateException(
          "the input topic has " + written + " records instead of " + (before + records));
    }
  }

  /** The same for arms that are slow. */
  Loader fewer() {
    return with(records / Options.SLOW_SHARE);
  }

  /** The same with another number of records. */
  Loader with(long number) {
    return new Loader(number, values, partitions, keys, seed, compression);
  }

  /** The bytes of a key. */
  byte[] key(int index) {
    return String.format(Locale.ROOT, "key-%07d", index).getBytes(UTF_8);
  }

  private Map<String, Object> properties(Topics topics) {
    return Map.of(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
        topics.bootstrapServers(),
        ProducerConfig.BATCH_SIZE_CONFIG,
        128 * 1024,
        ProducerConfig.LINGER_MS_CONFIG,
        20,
        ProducerConfig.COMPRESSION_TYPE_CONFIG,
        compression);
  }

  /** The headers of a record between two Algos. */
  List<Header> headers(SplittableRandom random, long index) {
    byte[] trace =
        String.format(Locale.ROOT, "%016x%016x", random.nextLong(), random.nextLong())
            .getBytes(UTF_8);
    byte[] fileName = ("upstream-0-" + index).getBytes(UTF_8);
    return List.of(
        new RecordHeader("traceID", trace),
        new RecordHeader("contentType", values.contentType().getBytes(UTF_8)),
        new RecordHeader("fileName", fileName),
        MESSAGE_DATA_TYPE);
  }
}
