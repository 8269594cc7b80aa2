package run.algo.sdk.benchmarks.process;

import io.micronaut.configuration.kafka.ConsumerAware;
import io.micronaut.configuration.kafka.annotation.KafkaClient;
import io.micronaut.configuration.kafka.annotation.KafkaListener;
import io.micronaut.configuration.kafka.annotation.OffsetStrategy;
import io.micronaut.configuration.kafka.annotation.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Takes what each poll brings, and sends without waiting. Micronaut would commit when the method
 * returns, acknowledged or not ({@code SYNC}, {@code ASYNC}), or after each record ({@code
 * SYNC_PER_RECORD}). So the listener commits itself, as the guide has it: as often as the SDK, and
 * when its partitions are taken away or the context is closed, always after a flush.
 */
@KafkaListener(
    groupId = "${" + MicronautLoop.GROUP + "}",
    batch = true,
    offsetStrategy = OffsetStrategy.DISABLED)
class MicronautListener implements ConsumerAware<byte[], byte[]>, ConsumerRebalanceListener {

  /** What is to be done, from outside of the context. */
  record Task(BareOutput output, Job job, Duration commitInterval) {}

  private final Task task;
  private final Producer<byte[], byte[]> producer;
  private final FlushedCommits commits;
  private @Nullable Consumer<byte[], byte[]> consumer;
  private long committed = System.nanoTime();

  MicronautListener(Task task, @KafkaClient Producer<byte[], byte[]> producer) {
    this.task = task;
    this.producer = producer;
    this.commits = new FlushedCommits(producer::flush);
  }

  /** Throws where a send has failed. */
  void check() {
    commits.check();
  }

  @Override
  public void setKafkaConsumer(Consumer<byte[], byte[]> made) {
    consumer = commits.around(made);
  }

  @Topic("${" + MicronautLoop.INPUT + "}")
  void take(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byte[] value = task.job().run(record.value());
      var unused =
          producer.send(task.output().of(record, value), (metadata, error) -> commits.ended(error));
    }
    long now = System.nanoTime();
    if (now - committed >= task.commitInterval().toNanos()) {
      committed = now;
      consumer().commitAsync();
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    consumer().commitSync();
  }

  private Consumer<byte[], byte[]> consumer() {
    return Optional.ofNullable(consumer).orElseThrow();
  }
}
