package run.algo.sdk.testkit.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Writes lines to a topic and prints a topic: {@code value}, or {@code key<tab>value}. */
final class DevConsole {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String address;

  DevConsole(String address) {
    this.address = address;
  }

  /**
   * Writes each line until the input ends.
   *
   * @return the number of records
   * @throws IllegalStateException when a record was not written
   */
  long produce(String topic, InputStream input) {
    Map<String, Object> properties =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            address,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            TIMEOUT.toMillis(),
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            (int) TIMEOUT.toMillis(),
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            (int) TIMEOUT.multipliedBy(2).toMillis());
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    AtomicLong written = new AtomicLong();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
      for (String line = lines.readLine();
          line != null && failure.get() == null;
          line = lines.readLine()) {
        // The callback gets the outcome.
        var unused =
            producer.send(
                parse(topic, line),
                (metadata, e) -> {
                  if (e == null) {
                    written.incrementAndGet();
                  } else {
                    failure.compareAndSet(null, e);
                  }
                });
      }
      producer.flush();
    } catch (KafkaException e) {
      failure.compareAndSet(null, e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the standard input", e);
    }
    Exception e = failure.get();
    if (e != null) {
      throw failed("write to", topic, e);
    }
    return written.get();
  }

  /**
   * Prints the records of a topic from its start, and those to come.
   *
   * @param goOn asked between polls
   * @throws IllegalStateException when the topic cannot be read
   */
  void tail(String topic, PrintStream out, BooleanSupplier goOn) {
    Map<String, Object> properties =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            address,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      // Asking creates the topic when the broker may; it can take more than one answer.
      boolean found =
          Await.until(
              TIMEOUT,
              () -> {
                consumer
                    .partitionsFor(topic, TIMEOUT)
                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
                return !partitions.isEmpty();
              });
      if (!found) {
        throw new IllegalStateException("There is no topic " + topic + " at " + address);
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (goOn.getAsBoolean()) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          out.println(record.key() == null ? record.value() : record.key() + "\t" + record.value());
        }
        out.flush();
      }
    } catch (KafkaException e) {
      throw failed("read", topic, e);
    }
  }

  private static ProducerRecord<String, String> parse(String topic, String line) {
    int tab = line.indexOf('\t');
    return tab < 0
        ? new ProducerRecord<>(topic, line)
        : new ProducerRecord<>(topic, line.substring(0, tab), line.substring(tab + 1));
  }

  private IllegalStateException failed(String action, String topic, Exception e) {
    return new IllegalStateException(
        "Cannot "
            + action
            + " "
            + topic
            + " at "
            + address
            + ": "
            + e.getMessage()
            + ". Does a broker run there?",
        e);
  }
}
