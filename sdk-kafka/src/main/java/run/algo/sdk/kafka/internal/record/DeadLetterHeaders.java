package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static run.algo.sdk.kafka.internal.record.ProtocolHeaders.header;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import run.algo.sdk.RecordPosition;

/** Writes the headers of a dead letter: those carried, where it came from, and why it died. */
public final class DeadLetterHeaders {

  /** At most this much of the exception's message, in bytes. */
  public static final int MESSAGE_LIMIT = 1024;

  /** At most this much of the stack trace, in bytes. */
  public static final int STACK_TRACE_LIMIT = 8 * 1024;

  /** Name of the header with the stack trace, which goes first when a dead letter is too large. */
  public static final String STACK_TRACE = "dlqStackTrace";

  /** Name of the header with the message, which goes second. */
  public static final String MESSAGE = "dlqExceptionMessage";

  private final String group;
  private final String algo;

  /**
   * For the dead letters of a runner.
   *
   * @param group the consumer group
   * @param algo the Algo's full name
   */
  public DeadLetterHeaders(String group, String algo) {
    this.group = group;
    this.algo = algo;
  }

  /**
   * The headers of a dead letter.
   *
   * @param record the record as it was read
   * @param traceId its trace ID
   * @param origin where it was first read, which for a retry is another place
   * @param failure why it died
   * @return new headers
   */
  public RecordHeaders write(
      ConsumerRecord<byte[], byte[]> record,
      byte[] traceId,
      RecordPosition origin,
      Failure failure) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (ProtocolHeaders.carriedToDeadLetters(header.key())) {
        headers.add(header);
      }
    }
    // Once, whatever the record has: an empty or repeated one would hide it from some readers.
    headers.remove(ProtocolHeaders.TRACE_ID);
    headers.add(new RecordHeader(ProtocolHeaders.TRACE_ID, traceId));
    ProtocolHeaders.addOrigin(headers, origin);
    headers.add(header("dlqReason", failure.reason().wireName()));
    headers.add(header("dlqExceptionClass", failure.cause().getClass().getName()));
    headers.add(new RecordHeader(MESSAGE, cut(message(failure.cause()), MESSAGE_LIMIT)));
    headers.add(new RecordHeader(STACK_TRACE, cut(stackTrace(failure.cause()), STACK_TRACE_LIMIT)));
    headers.add(header("dlqTopic", origin.topic()));
    headers.add(header("dlqPartition", Integer.toString(origin.partition())));
    headers.add(header("dlqOffset", Long.toString(origin.offset())));
    headers.add(header("dlqTimestamp", Long.toString(origin.timestamp())));
    headers.add(header("dlqGroup", group));
    headers.add(header("dlqAlgo", algo));
    headers.add(header("dlqAttempts", Integer.toString(failure.attempts())));
    return headers;
  }

  /**
   * Takes away the next part that a too large dead letter can do without.
   *
   * @param headers the dead letter's headers
   * @return whether there was anything to take
   */
  public static boolean shorten(Headers headers) {
    if (headers.lastHeader(STACK_TRACE) != null) {
      headers.remove(STACK_TRACE);
      return true;
    }
    if (headers.lastHeader(MESSAGE) != null) {
      headers.remove(MESSAGE);
      return true;
    }
    return false;
  }

  private static String message(Throwable cause) {
    // An author's getMessage() is code that may throw, too.
    try {
      String message = cause.getMessage();
      return message == null ? "" : message;
    } catch (Throwable t) {
      return "(the exception's message cannot be read: " + t.getClass().getName() + ")";
    }
  }

  private static String stackTrace(Throwable cause) {
    try {
      StringWriter text = new StringWriter();
      cause.printStackTrace(new PrintWriter(text));
      return text.toString();
    } catch (Throwable t) {
      return "(the stack trace cannot be read: " + t.getClass().getName() + ")";
    }
  }

  /** Cuts at a character's boundary, so that the rest is still UTF-8. */
  static byte[] cut(String text, int limit) {
    byte[] bytes = head(text, limit).getBytes(UTF_8);
    if (bytes.length <= limit) {
      return bytes;
    }
    int end = limit;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }

  /** No character has less than a byte; half of a surrogate pair would become a question mark. */
  private static String head(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit);
  }
}
