package run.algo.examples.conformance;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Ends its process at once, as {@code kill -9} would, before or after a record is written. */
public final class SendKill implements ProducerInterceptor<byte[], byte[]> {

  /** Environment variable: the point, and the topic. */
  static final String VARIABLE = "TEST_SEND_KILL";

  static final int EXIT_CODE = 9;

  private @Nullable Point point;
  private String topic = "";

  /** Where a process ends. */
  enum Point {
    /** The file is complete, and nobody knows of it. */
    BEFORE_SEND,
    /** The reference is written, or in a transaction about to be; its record is not committed. */
    AFTER_ACK
  }

  static String value(Point point, String topic) {
    return point.name() + ":" + topic;
  }

  @Override
  public void configure(Map<String, ?> configs) {
    String value = System.getenv(VARIABLE);
    if (value != null) {
      String[] parts = value.split(":", 2);
      point = Point.valueOf(parts[0]);
      topic = parts[1];
    }
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
    if (point == Point.BEFORE_SEND && record.topic().equals(topic)) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
    return record;
  }

  @Override
  public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception error) {
    if (point == Point.AFTER_ACK
        && error == null
        && metadata != null
        && metadata.topic().equals(topic)) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
