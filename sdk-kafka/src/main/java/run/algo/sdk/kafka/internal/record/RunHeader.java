package run.algo.sdk.kafka.internal.record;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What a record's header {@code run} says. */
public enum RunHeader {
  /** Nothing: the record is executed, with what is held of its trace. */
  ABSENT,
  /** The record is held until another of its trace is executed. */
  HOLD,
  /** The record is executed, with what is held of its trace; without a value it only triggers. */
  RUN,
  /** No boolean. */
  MALFORMED;

  /** As Go's {@code strconv.ParseBool} reads them. */
  private static final List<byte[]> TRUE = ascii("1", "t", "T", "true", "TRUE", "True");

  private static final List<byte[]> FALSE = ascii("0", "f", "F", "false", "FALSE", "False");

  /**
   * Reads the header.
   *
   * @param headers a record's headers
   * @return what the last such header says; {@link #ABSENT} when there is none or it is empty
   */
  public static RunHeader of(Headers headers) {
    byte[] value = ProtocolHeaders.bytes(headers, ProtocolHeaders.RUN);
    if (value == null) {
      return ABSENT;
    }
    return contains(FALSE, value) ? HOLD : contains(TRUE, value) ? RUN : MALFORMED;
  }

  /**
   * Whether a record with this header has no value of its own.
   *
   * @param value its value
   * @return whether it only triggers
   */
  public boolean triggersOnly(byte @Nullable [] value) {
    return this == RUN && (value == null || value.length == 0);
  }

  private static boolean contains(List<byte[]> texts, byte[] value) {
    for (byte[] text : texts) {
      if (Arrays.equals(text, value)) {
        return true;
      }
    }
    return false;
  }

  private static List<byte[]> ascii(String... texts) {
    return Arrays.stream(texts)
        .map(text -> text.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
        .toList();
  }
}
