package run.algo.sdk.kafka.internal.record;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Which headers of the protocol a record has, as bits. Most records have few of those that are
 * asked for with every record, and each look-up compares all of their names: so they are looked
 * through once.
 */
public final class KnownHeaders {

  /** The bit of {@link ProtocolHeaders#RUN}. */
  public static final int RUN = 1;

  /** The bit of {@link ProtocolHeaders#TRACE_ID}. */
  public static final int TRACE_ID = 1 << 1;

  /** The bit of {@link ProtocolHeaders#ENDPOINT_PARAMS}. */
  public static final int ENDPOINT_PARAMS = 1 << 2;

  /** The bit of {@link ProtocolHeaders#MESSAGE_DATA_TYPE}. */
  public static final int MESSAGE_DATA_TYPE = 1 << 3;

  /** The bit of {@link ProtocolHeaders#CONTENT_TYPE}. */
  public static final int CONTENT_TYPE = 1 << 4;

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
      found |= bit(header.key());
    }
    return found;
  }

  private static int bit(String name) {
    return switch (name.length()) {
      case 3 -> name.equals(ProtocolHeaders.RUN) ? RUN : 0;
      case 7 -> name.equals(ProtocolHeaders.TRACE_ID) ? TRACE_ID : 0;
      case 11 -> name.equals(ProtocolHeaders.CONTENT_TYPE) ? CONTENT_TYPE : 0;
      case 14 -> name.equals(ProtocolHeaders.ENDPOINT_PARAMS) ? ENDPOINT_PARAMS : 0;
      case 15 -> name.equals(ProtocolHeaders.MESSAGE_DATA_TYPE) ? MESSAGE_DATA_TYPE : 0;
      default -> 0;
    };
  }
}
