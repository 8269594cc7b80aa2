package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.RecordHeaders;
import run.algo.sdk.RecordPosition;

/**
 * A dead letter that an {@link AlgoTestDriver} has written: the record as it was read, bytes
 * unchanged, and why it failed. Immutable.
 *
 * @since 0.1.0
 */
public final class TestDeadLetter {

  private final String topic;
  private final TestRecord<byte[]> record;

  TestDeadLetter(String topic, TestRecord<byte[]> record) {
    this.topic = topic;
    this.record = record;
  }

  /** {@return the topic it was written to} */
  public String topic() {
    return topic;
  }

  /**
   * Where the record failed, header {@code dlqReason}.
   *
   * @return {@code decode}, {@code algo}, {@code encode}, {@code too-large}, {@code content-type},
   *     {@code parameters} or another reason of the protocol
   */
  public String reason() {
    return header("dlqReason");
  }

  /** {@return the name of the exception's class, header {@code dlqExceptionClass}} */
  public String exceptionClass() {
    return header("dlqExceptionClass");
  }

  /** {@return the exception's message, header {@code dlqExceptionMessage}; empty without one} */
  public String message() {
    return header("dlqExceptionMessage");
  }

  /** {@return how often the Algo was executed on it, header {@code dlqAttempts}} */
  public int executions() {
    return Integer.parseInt(header("dlqAttempts"));
  }

  /** {@return where the record that failed was read} */
  public RecordPosition position() {
    return new RecordPosition(
        header("dlqTopic"),
        Integer.parseInt(header("dlqPartition")),
        Long.parseLong(header("dlqOffset")),
        Long.parseLong(header("dlqTimestamp")));
  }

  /** {@return the value's bytes, {@code null} for a tombstone; not a copy} */
  public byte @Nullable [] bytes() {
    return record.value();
  }

  /** {@return the value as UTF-8 text, empty for a tombstone} */
  public String text() {
    byte[] bytes = bytes();
    return bytes == null ? "" : new String(bytes, UTF_8);
  }

  /** {@return the key as UTF-8 text, empty when there is none} */
  public Optional<String> key() {
    return record.key();
  }

  /** {@return all headers, those of the record that failed among them} */
  public RecordHeaders headers() {
    return record.headers();
  }

  private String header(String name) {
    return headers().text(name).orElse("");
  }

  @Override
  public String toString() {
    return "TestDeadLetter["
        + position()
        + ", "
        + reason()
        + ": "
        + exceptionClass()
        + ": "
        + message()
        + "]";
  }
}
