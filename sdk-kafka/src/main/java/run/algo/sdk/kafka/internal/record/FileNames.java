package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Names of payloads that the Algo has not named: {@code topic-partition-offset}, and from the
 * second emission of an execution on {@code -emission}. Thread-safe.
 *
 * <p>There is one a record, and dividing its offset into digits was a sixth of all the SDK does for
 * it. Offsets of a partition follow each other, so all but their last four digits are kept.
 */
public final class FileNames {

  /** As many names have a beginning in common: all four digits that are not of it. */
  private static final int SPAN = 10_000;

  private final String topic;
  private final ConcurrentMap<Integer, Beginning> beginnings = new ConcurrentHashMap<>();

  /**
   * The beginning of the names of some offsets of a partition. Never changed: whoever finds an old
   * one makes another.
   */
  private static final class Beginning {
    /** The first of the offsets, a multiple of {@link #SPAN}. */
    private final long first;

    /** What comes before the last four digits. */
    private final byte[] text;

    Beginning(long first, byte[] text) {
      this.first = first;
      this.text = text;
    }
  }

  /**
   * Names for the records of a topic.
   *
   * @param topic the topic
   */
  public FileNames(String topic) {
    this.topic = topic;
  }

  /**
   * A name.
   *
   * @param partition the input record's partition
   * @param offset its offset
   * @param emission which of the execution's outputs, from 0
   * @return the name in ASCII, as all that a topic's name may hold
   */
  public byte[] name(int partition, long offset, int emission) {
    if (emission != 0 || offset < SPAN) {
      return text(partition, offset + (emission == 0 ? "" : "-" + emission));
    }
    Beginning known = beginnings.get(partition);
    if (known == null || offset < known.first || offset - known.first >= SPAN) {
      long high = offset / SPAN;
      known = new Beginning(high * SPAN, text(partition, Long.toString(high)));
      beginnings.put(partition, known);
    }
    int at = known.text.length;
    byte[] name = Arrays.copyOf(known.text, at + 4);
    int low = (int) (offset - known.first);
    int hundreds = low / 100;
    write(name, at, hundreds);
    write(name, at + 2, low - hundreds * 100);
    return name;
  }

  private static void write(byte[] into, int at, int twoDigits) {
    int tens = twoDigits / 10;
    into[at] = (byte) ('0' + tens);
    into[at + 1] = (byte) ('0' + twoDigits - tens * 10);
  }

  private byte[] text(int partition, String rest) {
    return (topic + '-' + partition + '-' + rest).getBytes(US_ASCII);
  }
}
