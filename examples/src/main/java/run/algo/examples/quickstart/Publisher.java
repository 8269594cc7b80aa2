package run.algo.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes a text to a topic, a line a record: whatever feeds the Algo in real life. */
final class Publisher {

  private final Map<String, Object> clientProperties;

  /**
   * What was written.
   *
   * @param lines how many records
   * @param ends the offset behind the last record of each partition that got any
   */
  record Published(long lines, Map<TopicPartition, Long> ends) {}

  Publisher(Map<String, Object> clientProperties) {
    this.clientProperties = clientProperties;
  }

  /**
   * Writes all lines and waits until the brokers have them.
   *
   * @throws KafkaException when the brokers refuse a line
   */
  Published publish(TextFile file, String topic, Traces traces) throws IOException {
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, "quickstart-publisher");
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * TextFile.LONGEST_LINE);
    Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    AtomicReference<Exception> refused = new AtomicReference<>();
    int lines = 0;
    try (Producer<byte[], byte[]> producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        BufferedReader reader = file.open()) {
      int partitions = producer.partitionsFor(topic).size();
      for (String line = reader.readLine();
          line != null && refused.get() == null;
          line = reader.readLine()) {
        Future<RecordMetadata> unused = // its callback tells all
            producer.send(
                record(topic, lines % partitions, line, traces.id(lines)),
                (written, failure) -> {
                  if (failure == null) {
                    ends.merge(
                        new TopicPartition(topic, written.partition()),
                        written.offset() + 1,
                        Math::max);
                  } else {
                    refused.compareAndSet(null, failure);
                  }
                });
        lines++;
      }
      producer.flush();
    }
    if (refused.get() != null) {
      throw new KafkaException(
          "topic " + topic + " refuses a line: " + refused.get().getMessage(), refused.get());
    }
    return new Published(lines, Map.copyOf(ends));
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, int partition, String line, String trace) {
    return new ProducerRecord<byte[], byte[]>(
        topic,
        partition,
        (byte[]) null,
        line.getBytes(UTF_8),
        List.of(new RecordHeader("traceID", trace.getBytes(UTF_8))));
  }
}
