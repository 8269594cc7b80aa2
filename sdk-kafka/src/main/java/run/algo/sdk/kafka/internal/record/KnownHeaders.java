package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.config.MessageDataType;

/**
 * What a record's headers say of what is asked with every record, as bits. Most records have few of
 * the headers that are asked for, and each look-up compares all of their names: so they are looked
 * through once, by the thread that has just read them and has them at hand.
 */
public final class KnownHeaders {

  /** The bit of {@link ProtocolHeaders#RUN}. */
  public static final int RUN = 1;

  /** The bit of {@link ProtocolHeaders#TRACE_ID}. */
  public static final int TRACE_ID = 1 << 1;

  /** The bit of {@link ProtocolHeaders#ENDPOINT_PARAMS}. */
  public static final int ENDPOINT_PARAMS = 1 << 2;

  /** {@link ProtocolHeaders#MESSAGE_DATA_TYPE} says that the value is a file reference. */
  public static final int FILE_REFERENCE = 1 << 3;

  /** The bit of {@link ProtocolHeaders#CONTENT_TYPE}. */
  public static final int CONTENT_TYPE = 1 << 4;

  /** There are headers that go on to the record's outputs. */
  public static final int CARRIED = 1 << 5;

  private static final byte[] REFERENCE = MessageDataType.FILE_REFERENCE.wireName().getBytes(UTF_8);

  private KnownHeaders() {}

  /**
   * Looks through headers.
   *
   * @param headers a record's headers
   * @return the bits of those that are there, with a value or without; fit for a byte
   */
  public static int of(Headers headers) {
    int found = 0;
    for (Header header : headers) {
      String name = header.key();
      if (name.equals(ProtocolHeaders.MESSAGE_DATA_TYPE)) {
        // Of several the last counts.
        found =
            Arrays.equals(REFERENCE, header.value())
                ? found | FILE_REFERENCE
                : found & ~FILE_REFERENCE;
      } else {
        found |= bits(name);
      }
    }
    return found;
  }

  /**
   * Whether a record's value is a file reference.
   *
   * @param headers the record's headers
   * @return what the last {@link ProtocolHeaders#MESSAGE_DATA_TYPE} says
   */
  public static boolean isReference(Headers headers) {
    Header type = headers.lastHeader(ProtocolHeaders.MESSAGE_DATA_TYPE);
    return type != null && Arrays.equals(REFERENCE, type.value());
  }

  /**
   * A record's trace ID as a header.
   *
   * @param headers the record's headers
   * @return the last {@link ProtocolHeaders#TRACE_ID}, null when that is none or empty
   */
  public static @Nullable Header traceId(Headers headers) {
    Header last = headers.lastHeader(ProtocolHeaders.TRACE_ID);
    return last == null || last.value() == null || last.value().length == 0 ? null : last;
  }

  private static int bits(String name) {
    int known =
        switch (name.length()) {
          case 3 -> name.equals(ProtocolHeaders.RUN) ? RUN : 0;
          case 7 -> name.equals(ProtocolHeaders.TRACE_ID) ? TRACE_ID : 0;
          case 11 -> name.equals(ProtocolHeaders.CONTENT_TYPE) ? CONTENT_TYPE : 0;
          case 14 -> name.equals(ProtocolHeaders.ENDPOINT_PARAMS) ? ENDPOINT_PARAMS : 0;
          default -> 0;
        };
    return ProtocolHeaders.carriedToOutputs(name) ? known | CARRIED : known;
  }
}
