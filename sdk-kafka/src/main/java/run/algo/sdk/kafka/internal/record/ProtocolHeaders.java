package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.RecordPosition;

/** The header names of the protocol, and which of a record's headers travel on. */
public final class ProtocolHeaders {

  /** Identifies a record's way through the pipeline. */
  public static final String TRACE_ID = "traceID";

  /** Media type of the value. */
  public static final String CONTENT_TYPE = "contentType";

  /** Name of the payload. */
  public static final String FILE_NAME = "fileName";

  /** {@code Embedded} or {@code FileReference}. */
  public static final String MESSAGE_DATA_TYPE = "messageDataType";

  /** Parameter overrides as a URL query string. */
  public static final String ENDPOINT_PARAMS = "endpointParams";

  /** {@code false} holds a record until its trace's trigger. */
  public static final String RUN = "run";

  /** Topic on which the record was first read. */
  public static final String ORIGIN_TOPIC = "originTopic";

  /** Partition in which the record was first read. */
  public static final String ORIGIN_PARTITION = "originPartition";

  /** Offset at which the record was first read. */
  public static final String ORIGIN_OFFSET = "originOffset";

  /** Timestamp with which the record was first read, in milliseconds since the epoch. */
  public static final String ORIGIN_TIMESTAMP = "originTimestamp";

  private ProtocolHeaders() {}

  /**
   * Whether a header of an input record goes on to the outputs. What the SDK writes anew, and what
   * belongs to the way of this one record, does not.
   *
   * @param name the header's name
   * @return whether it is carried
   */
  public static boolean carriedToOutputs(String name) {
    if (name.isEmpty()) {
      return true;
    }
    return switch (name.charAt(0)) {
      case 't' -> !name.equals(TRACE_ID);
      case 'c' -> !name.equals(CONTENT_TYPE);
      case 'f' -> !name.equals(FILE_NAME);
      case 'm' -> !name.equals(MESSAGE_DATA_TYPE);
      case 'r' -> !name.equals(RUN) && !name.startsWith("retry");
      case 'o' -> !name.startsWith("origin");
      case 'd' -> !name.startsWith("dlq");
      default -> true;
    };
  }

  /**
   * Whether a header of an input record goes on to its dead letter, where the SDK writes the origin
   * and the cause anew.
   *
   * @param name the header's name
   * @return whether it is carried
   */
  public static boolean carriedToDeadLetters(String name) {
    return !name.startsWith("retry") && !name.startsWith("origin") && !name.startsWith("dlq");
  }

  /**
   * Says where a record was first read.
   *
   * @param headers the headers to add to; they have no {@code origin*} yet
   * @param origin where it was first read
   */
  public static void addOrigin(Headers headers, RecordPosition origin) {
    headers.add(header(ORIGIN_TOPIC, origin.topic()));
    headers.add(header(ORIGIN_PARTITION, Integer.toString(origin.partition())));
    headers.add(header(ORIGIN_OFFSET, Long.toString(origin.offset())));
    headers.add(header(ORIGIN_TIMESTAMP, Long.toString(origin.timestamp())));
  }

  /**
   * The text of the header that counts for a name.
   *
   * @param headers a record's headers
   * @param name the header's name
   * @return the last such header's value, or {@code null} when there is none or it is empty
   */
  public static @Nullable String text(Headers headers, String name) {
    byte[] value = bytes(headers, name);
    return value == null ? null : new String(value, UTF_8);
  }

  /**
   * The bytes of the header that counts for a name.
   *
   * @param headers a record's headers
   * @param name the header's name
   * @return the last such header's value, or {@code null} when there is none or it is empty
   */
  public static byte @Nullable [] bytes(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null) {
      return null;
    }
    byte[] value = header.value();
    return value == null || value.length == 0 ? null : value;
  }

  /**
   * A header with a text value.
   *
   * @param name the header's name
   * @param value the value
   * @return the header
   */
  public static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }
}
