package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Derives the trace ID of records of one topic that carry none: 32 hex digits of a 128-bit hash of
 * topic, partition, offset and timestamp, so that a record that is read again has the same.
 *
 * <p>The topic is hashed once, by MD5 (for spread, not for secrecy); position and time are mixed in
 * by the 64-bit finalizer of MurmurHash3 (Austin Appleby, public domain), whose two halves start
 * from different halves of the topic's hash.
 */
public final class TraceIds {

  private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long high;
  private final long low;

  /**
   * Trace IDs of a topic.
   *
   * @param topic the topic
   */
  public TraceIds(String topic) {
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(topic.getBytes(UTF_8)));
      high = hash.getLong();
      low = hash.getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  /**
   * The trace ID of a position.
   *
   * @param partition the partition
   * @param offset the offset
   * @param timestamp the record's timestamp
   * @return 32 ASCII bytes
   */
  public byte[] derive(int partition, long offset, long timestamp) {
    byte[] text = new byte[32];
    write(text, 0, mix(mix(mix(high ^ partition) + offset) + timestamp));
    write(text, 16, mix(mix(mix(low + GOLDEN * (partition + 1L)) ^ offset) ^ timestamp));
    return text;
  }

  private static void write(byte[] text, int from, long bits) {
    long rest = bits;
    for (int i = from + 15; i >= from; i--) {
      text[i] = HEX[(int) (rest & 15)];
      rest >>>= 4;
    }
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
    z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return z ^ (z >>> 33);
  }
}
