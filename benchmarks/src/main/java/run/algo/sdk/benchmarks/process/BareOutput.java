package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Makes by hand the record that the SDK makes: the same key, value and headers in the same order,
 * for an Algo of one output whose input records have a key and a trace ID. {@code ArmsIT} compares
 * the two.
 */
public final class BareOutput {

  private static final Header MESSAGE_DATA_TYPE =
      new RecordHeader("messageDataType", "Embedded".getBytes(UTF_8));

  private final String topic;
  private final Header contentType;

  /**
   * Makes records of bytes for a topic.
   *
   * @param topic the topic
   */
  public BareOutput(String topic) {
    this(topic, "application/octet-stream");
  }

  /** Makes records for a topic, whose values are of a media type. */
  BareOutput(String topic, String contentType) {
    this.topic = topic;
    this.contentType = new RecordHeader("contentType", contentType.getBytes(UTF_8));
  }

  /**
   * The output of a record.
   *
   * @param record the record
   * @param value the output's value
   * @return the output
   */
  public ProducerRecord<byte[], byte[]> of(ConsumerRecord<byte[], byte[]> record, byte[] value) {
    Headers headers =
        headers(record.headers(), record.topic(), record.partition(), record.offset());
    return new ProducerRecord<>(topic, null, null, record.key(), value, headers);
  }

  /** The headers of the output of a record that has these, and stands there. */
  Headers headers(Headers input, String topic, int partition, long offset) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(input.lastHeader("traceID"));
    headers.add(contentType);
    String position = topic + '-' + partition + '-' + offset;
    headers.add(new RecordHeader("fileName", position.getBytes(UTF_8)));
    headers.add(MESSAGE_DATA_TYPE);
    for (Header header : input) {
      if (carried(header.key())) {
        headers.add(header);
      }
    }
    return headers;
  }

  private static boolean carried(String name) {
    return switch (name) {
      case "traceID", "contentType", "fileName", "messageDataType", "run" -> false;
      default -> !name.startsWith("retry") && !name.startsWith("origin") && !name.startsWith("dlq");
    };
  }
}
