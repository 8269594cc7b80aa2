package run.algo.sdk.kafka.internal.parking;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records of parking topics, without a broker. */
final class ParkedRecords {

  static final String TOPIC = "orders.g.parked";

  private ParkedRecords() {}

  /** A record that was sent, as it is read. */
  static ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> sent, long offset) {
    return read(sent.partition(), offset, sent.key(), sent.value(), sent.headers());
  }

  static ConsumerRecord<byte[], byte[]> read(
      int partition, long offset, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    return new ConsumerRecord<>(
        TOPIC,
        partition,
        offset,
        1_800_000_000_000L,
        TimestampType.CREATE_TIME,
        1,
        1,
        key,
        value,
        headers,
        Optional.empty());
  }
}
