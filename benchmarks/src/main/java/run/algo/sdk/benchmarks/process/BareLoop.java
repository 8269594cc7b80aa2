package run.algo.sdk.benchmarks.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;

/**
 * The loops that an engineer writes without the SDK. The best of them ({@link #run}): poll, work,
 * send without waiting, and commit only what has been acknowledged. It has the SDK's client
 * settings, commit interval and bytes, and none of its care for failures, rebalances, shutdown,
 * metrics or order by key.
 */
final class BareLoop {

  private static final Duration POLL = Duration.ofMillis(100);

  private final AlgoSettings settings;
  private final String input;
  private final BareOutput output;
  private final Job job;
  private final Frontier frontier = new Frontier();

  BareLoop(AlgoSettings settings, String input, String output, Job job) {
    this.settings = settings;
    this.input = input;
    this.output = new BareOutput(output, job.values().contentType());
    this.job = job;
  }

  /** How what a poll brought of one partition is worked on. */
  private interface Step {
    void take(List<ConsumerRecord<byte[], byte[]>> records, Frontier.Batch batch)
        throws InterruptedException;
  }

  /** Runs on the calling thread alone until all records are acknowledged. */
  void run(AckMeter meter) throws InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      loop(
          meter,
          producer,
          (records, batch) -> {
            for (ConsumerRecord<byte[], byte[]> record : records) {
              byte[] value = job.run(record.value());
              var unused = producer.send(output.of(record, value), batch);
            }
          });
    }
  }

  /**
   * The simple way to commit only what is acknowledged: after each poll it flushes the producer and
   * waits for the commit of what has been read, whatever the interval of commits is.
   */
  void runWithFlushes(AckMeter meter) throws InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer = producer();
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(ClientProperties.consumer(settings))) {
      FlushedCommits sends = new FlushedCommits(producer::flush);
      consumer.subscribe(List.of(input));
      while (!meter.isDone()) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : polled) {
          byte[] value = job.run(record.value());
          var unused =
              producer.send(output.of(record, value), (metadata, error) -> sends.ended(error));
        }
        if (!polled.isEmpty()) {
          sends.flush();
          consumer.commitSync();
        }
      }
    }
  }

  /** The same with a virtual thread a record, at most as many as the SDK has in flight. */
  void runOnVirtualThreads(AckMeter meter) throws InterruptedException {
    Semaphore room = new Semaphore(settings.engine().maxInFlight());
    ExecutorService threads = virtualThreads();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      loop(
          meter,
          producer,
          (records, batch) -> {
            for (ConsumerRecord<byte[], byte[]> record : records) {
              room.acquire();
              threads.execute(() -> onVirtualThread(producer, record, batch, room));
            }
          });
    } finally {
      threads.shutdownNow();
    }
  }

  private void onVirtualThread(
      KafkaProducer<byte[], byte[]> producer,
      ConsumerRecord<byte[], byte[]> record,
      Frontier.Batch batch,
      Semaphore room) {
    try {
      byte[] value = job.run(record.value());
      var unused =
          producer.send(
              output.of(record, value),
              (metadata, error) -> {
                room.release();
                batch.onCompletion(metadata, error);
              });
    } catch (InterruptedException | RuntimeException e) {
      room.release();
      batch.failed(e);
    }
  }

  private void loop(AckMeter meter, KafkaProducer<byte[], byte[]> producer, Step step)
      throws InterruptedException {
    long interval = settings.engine().commitInterval().toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(ClientProperties.consumer(settings))) {
      consumer.subscribe(List.of(input));
      long committed = System.nanoTime();
      while (!meter.isDone()) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        for (TopicPartition partition : polled.partitions()) {
          List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
          long next = records.get(records.size() - 1).offset() + 1;
          step.take(records, frontier.begin(partition, records.size(), next));
        }
        frontier.check();
        long now = System.nanoTime();
        if (now - committed >= interval) {
          committed = now;
          Map<TopicPartition, OffsetAndMetadata> offsets = frontier.advance();
          if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, null);
          }
        }
      }
      producer.flush();
      frontier.check();
      consumer.commitSync(frontier.advance());
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(ClientProperties.producer(settings));
  }

  /** {@code Executors.newVirtualThreadPerTaskExecutor()}, which Java 17 has not. */
  private static ExecutorService virtualThreads() {
    try {
      Object made = Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      return (ExecutorService) Optional.ofNullable(made).orElseThrow();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Java " + Runtime.version().feature() + " has no virtual threads: use 21 or newer", e);
    }
  }
}
