package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Names of payloads that the Algo has not named: {@code topic-partition-offset}, and from the
 * second emission of an execution on {@code -emission}. Written as bytes at once, since there is
 * one a record. Thread-safe.
 */
public final class FileNames {

  private final String topic;
  private final ConcurrentMap<Integer, byte[]> prefixes = new ConcurrentHashMap<>();

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
    byte[] prefix = prefixes.get(partition);
    if (prefix == null) { // looked up first, since the function would be made for every record
      prefix = prefixes.computeIfAbsent(partition, p -> (topic + '-' + p + '-').getBytes(US_ASCII));
    }
    int digits = digits(offset);
    int length = prefix.length + digits + (emission == 0 ? 0 : 1 + digits(emission));
    byte[] name = new byte[length];
    System.arraycopy(prefix, 0, name, 0, prefix.length);
    int end = length;
    if (emission > 0) {
      end = write(name, end, emission);
      name[--end] = '-';
    }
    write(name, end, offset);
    return name;
  }

  private static int digits(long number) {
    int digits = 1;
    for (long power = 10; digits < 19 && number >= power; power *= 10) {
      digits++;
    }
    return digits;
  }

  /** Writes a number so that it ends before an index; returns where it begins. */
  private static int write(byte[] into, int end, long number) {
    int at = end;
    long rest = number;
    while (rest > Integer.MAX_VALUE) {
      into[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    int small = (int) rest; // which is divided faster
    do {
      into[--at] = (byte) ('0' + small % 10);
      small /= 10;
    } while (small > 0);
    return at;
  }
}
