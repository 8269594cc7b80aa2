package run.algo.sdk.kafka.internal.record;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.RecordPosition;

/**
 * Reads the headers of one record, which anybody may have written, and notes what is wrong with
 * them. Not thread-safe.
 */
public final class HeaderReader {

  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,19}");

  /** As much of a wrong value as a log line shows. */
  private static final int SHOWN = 40;

  private final Headers headers;
  private final List<String> faults = new ArrayList<>(0);

  /**
   * A reader.
   *
   * @param headers the headers
   */
  public HeaderReader(Headers headers) {
    this.headers = headers;
  }

  /** {@return what is wrong, a text each} */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /**
   * Whether there is a header, right or wrong.
   *
   * @param name the header's name
   * @return whether it is there and not empty
   */
  public boolean has(String name) {
    return ProtocolHeaders.bytes(headers, name) != null;
  }

  /**
   * Reads where a record was first read.
   *
   * @param timestamp the timestamp that counts where the headers have none, or none that makes
   *     sense
   * @return the origin; {@code null} where there is none, or none that makes sense
   */
  public @Nullable RecordPosition origin(long timestamp) {
    String topic = ProtocolHeaders.text(headers, ProtocolHeaders.ORIGIN_TOPIC);
    boolean none =
        topic == null
            && !has(ProtocolHeaders.ORIGIN_PARTITION)
            && !has(ProtocolHeaders.ORIGIN_OFFSET);
    if (none) {
      return null;
    }
    Long partition = number(ProtocolHeaders.ORIGIN_PARTITION, 0, Integer.MAX_VALUE, true);
    Long offset = number(ProtocolHeaders.ORIGIN_OFFSET, 0, Long.MAX_VALUE, true);
    Long own = number(ProtocolHeaders.ORIGIN_TIMESTAMP, -1, Long.MAX_VALUE, false);
    if (topic == null) {
      faults.add(ProtocolHeaders.ORIGIN_TOPIC + " is missing");
    } else if (!TOPIC.matcher(topic).matches()) {
      wrong(ProtocolHeaders.ORIGIN_TOPIC, topic);
    } else if (partition != null && offset != null) {
      return new RecordPosition(topic, partition.intValue(), offset, own == null ? timestamp : own);
    }
    return null;
  }

  /**
   * Reads a number.
   *
   * @param name the header's name
   * @param least the least that makes sense
   * @param most the most that makes sense
   * @param expected whether it is wrong when it is missing
   * @return the number; {@code null} where there is none, or none that makes sense
   */
  public @Nullable Long number(String name, long least, long most, boolean expected) {
    String text = ProtocolHeaders.text(headers, name);
    if (text == null) {
      if (expected) {
        faults.add(name + " is missing");
      }
      return null;
    }
    if (NUMBER.matcher(text).matches()) {
      try {
        long number = Long.parseLong(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // More than a long holds, and so more than may be.
      }
    }
    wrong(name, text);
    return null;
  }

  private void wrong(String name, String text) {
    faults.add(name + " is \"" + shown(text) + '"');
  }

  /**
   * A text as it may go into a log, whoever has written it.
   *
   * @param text any text
   * @return its beginning, without line breaks and control characters
   */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(SHOWN)
        .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '?' : c)
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }
}
