package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.benchmarks.process.BareOutput;

/**
 * The same clients as {@link WholePath} has, driven by a bare loop: what is left when the engine is
 * taken away. It knows when all records of a partition's poll are acknowledged, and does nothing
 * with that.
 */
final class BareTurn {

  private final FeedConsumer consumer;
  private final AckProducer producer;
  private final BareOutput output = new BareOutput("out");
  private final boolean withHeaders;
  private long passed;

  /**
   * A loop at full flow.
   *
   * @param shape what flows; the ordering is that of partitions
   * @param withHeaders whether it writes the protocol's headers, and not just the input's
   */
  BareTurn(WholePath.Shape shape, boolean withHeaders) {
    this.consumer = shape.consumer();
    this.producer = shape.producer();
    this.withHeaders = withHeaders;
    while (producer.acknowledged() < shape.unacknowledged()) {
      turn();
    }
  }

  /**
   * Reads a poll's records and sends all of them on.
   *
   * @return how many records were acknowledged so far
   */
  long turn() {
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ZERO);
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      Batch batch = new Batch(records.size());
      for (ConsumerRecord<byte[], byte[]> record : records) {
        var unused = producer.send(output(record), batch);
      }
    }
    return producer.acknowledged() + passed;
  }

  private ProducerRecord<byte[], byte[]> output(ConsumerRecord<byte[], byte[]> record) {
    return withHeaders
        ? output.of(record, record.value())
        : new ProducerRecord<>("out", null, null, record.key(), record.value(), record.headers());
  }

  /** Counts what is acknowledged. */
  private final class Batch implements Callback {
    private int left;

    Batch(int left) {
      this.left = left;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (--left == 0) {
        passed++;
      }
    }
  }
}
