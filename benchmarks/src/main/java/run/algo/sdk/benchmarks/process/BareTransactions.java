package run.algo.sdk.benchmarks.process;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;

/**
 * The loop that a good engineer writes for exactly-once without the SDK: one thread, one
 * transactional producer; poll, work, send without waiting, and once an interval the offsets and
 * the commit, for which the loop waits. It has the SDK's client settings, interval and bytes, and
 * none of its care: a transaction that fails ends it.
 */
final class BareTransactions {

  private final AlgoSettings settings;
  private final String input;
  private final BareOutput output;
  private final Job job;

  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();

  BareTransactions(AlgoSettings settings, String input, String output, Job job) {
    this.settings = settings;
    this.input = input;
    this.output = new BareOutput(output, job.values().contentType());
    this.job = job;
  }

  /** Runs on the calling thread alone until all records are acknowledged and committed. */
  void run(AckMeter meter) throws InterruptedException {
    long interval = settings.engine().commitInterval().toNanos();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producer(settings));
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(ClientProperties.consumer(settings))) {
      producer.initTransactions();
      consumer.subscribe(List.of(input));
      long began = System.nanoTime();
      while (!meter.isDone()) {
        long left = Math.max(0, interval - (System.nanoTime() - began));
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofNanos(left));
        if (offsets.isEmpty() && !polled.isEmpty()) {
          producer.beginTransaction();
        }
        write(polled, producer);
        if (System.nanoTime() - began >= interval) {
          began = System.nanoTime();
          commit(producer, consumer);
        }
      }
      commit(producer, consumer);
    }
  }

  private void write(ConsumerRecords<byte[], byte[]> polled, KafkaProducer<byte[], byte[]> producer)
      throws InterruptedException {
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        byte[] value = job.run(record.value());
        // What fails makes the commit fail.
        var unused = producer.send(output.of(record, value));
      }
      long next = records.get(records.size() - 1).offset() + 1;
      offsets.put(partition, new OffsetAndMetadata(next));
    }
  }

  private void commit(
      KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer) {
    if (!offsets.isEmpty()) {
      producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
      producer.commitTransaction();
      offsets.clear();
    }
  }

  /** The SDK's transactional producer; but there is only one, which has all of the buffer. */
  static Map<String, Object> producer(AlgoSettings settings) {
    Map<String, Object> properties = ClientProperties.transactionalProducer(settings, 0);
    properties.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        ClientProperties.producer(settings).get(ProducerConfig.BUFFER_MEMORY_CONFIG));
    return properties;
  }
}
