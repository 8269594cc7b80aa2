package run.algo.sdk.kafka.internal.parking;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;

/** Records of an input topic as parked ones, and back. */
public final class InputRecords {

  private InputRecords() {}

  /**
   * A record as it is parked.
   *
   * @param record the record as it was read from its input topic
   * @return all of it
   * @param next what is tried next
   */
  public static ParkedRecord parked(ConsumerRecord<byte[], byte[]> record, ParkedTry next) {
    return parked(record, record.headers(), next);
  }

  /**
   * A record as it is parked, with other headers than it was read with.
   *
   * @param record the record as it was read from its input topic
   * @param carried its headers
   * @param next what is tried next
   * @return all of it
   */
  public static ParkedRecord parked(
      ConsumerRecord<byte[], byte[]> record, Headers carried, ParkedTry next) {
    List<RecordHeader> headers = new ArrayList<>();
    for (Header header : carried) {
      headers.add(new RecordHeader(header.key(), header.value()));
    }
    return new ParkedRecord(
        new ParkedId(record.partition(), record.offset()),
        record.timestamp(),
        record.key(),
        record.value(),
        run.algo.sdk.RecordHeaders.of(headers.toArray(new RecordHeader[0])),
        next);
  }

  /**
   * A record as it was read from its input topic.
   *
   * @param topic the input topic
   * @param parked the record
   * @return the record, but for its leader epoch and the type of its timestamp
   */
  public static ConsumerRecord<byte[], byte[]> read(String topic, ParkedRecord parked) {
    RecordHeaders headers = new RecordHeaders();
    parked.headers().forEach(header -> headers.add(header.name(), header.value()));
    byte[] key = parked.key();
    byte[] value = parked.value();
    return new ConsumerRecord<>(
        topic,
        parked.id().partition(),
        parked.id().offset(),
        parked.timestamp(),
        TimestampType.CREATE_TIME,
        key == null ? ConsumerRecord.NULL_SIZE : key.length,
        value == null ? ConsumerRecord.NULL_SIZE : value.length,
        key,
        value,
        headers,
        Optional.empty());
  }
}
