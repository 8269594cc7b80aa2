package run.algo.sdk.kafka.internal.record;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * When a record of a retry topic may be executed.
 *
 * <p>Its header says at which time of day: {@value #MILLIS} in milliseconds since the epoch, or
 * without that {@value #SECONDS} in seconds, which is all that the Go sidecar writes. Without
 * either, or when what counts is no number, it is due at once.
 *
 * <p>The time of day may not be the same for the writer and for the reader. What both know is the
 * record's timestamp, which was taken with the due time, or by the broker right after: the record
 * is meant to wait for the time between the two. So the wait ends at the due time by the reader's
 * clock, or when that much has passed since the record was read, whatever comes first. A reader
 * whose clock is behind waits no longer than it was meant to, from when it reads the record.
 * Timestamps that are not before the due time say nothing, and are left out.
 */
public final class DueTime {

  /** The due time in milliseconds since the epoch. */
  public static final String MILLIS = "retryTimestampMs";

  /** The due time in seconds since the epoch, rounded up. */
  public static final String SECONDS = "retryTimestamp";

  /** Due at once, since nothing says otherwise. */
  public static final long AT_ONCE = 0;

  /** Due at once, since what is said cannot be understood. */
  public static final long MALFORMED = -1;

  /** More digits do not fit. */
  private static final int MOST_DIGITS = 18;

  private DueTime() {}

  /**
   * What the headers say.
   *
   * @param headers a record's headers
   * @return milliseconds since the epoch, {@link #AT_ONCE}, or {@link #MALFORMED}
   */
  public static long of(Headers headers) {
    byte[] millis = ProtocolHeaders.bytes(headers, MILLIS);
    if (millis != null) {
      return number(millis);
    }
    byte[] seconds = ProtocolHeaders.bytes(headers, SECONDS);
    if (seconds == null) {
      return AT_ONCE;
    }
    long number = number(seconds);
    return number > Long.MAX_VALUE / 1_000 ? Long.MAX_VALUE : number < 0 ? number : number * 1_000;
  }

  /**
   * When a record that is read now may be executed.
   *
   * @param due what {@link #of} says
   * @param record the record
   * @param now the time of day, in nanoseconds since the epoch
   * @return the time of day, in nanoseconds since the epoch; in the past when it is due already
   */
  public static long nanos(long due, ConsumerRecord<?, ?> record, long now) {
    if (due < 0) {
      return 0;
    }
    long at = SteadyClock.nanosOf(due);
    long timestamp = record.timestamp();
    if (timestamp >= 0 && timestamp < due) {
      long wait = SteadyClock.nanosOf(due - timestamp);
      at = Math.min(at, wait > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + wait);
    }
    return at;
  }

  private static long number(byte[] text) {
    if (text.length > MOST_DIGITS) {
      return MALFORMED;
    }
    long number = 0;
    for (byte digit : text) {
      if (digit < '0' || digit > '9') {
        return MALFORMED;
      }
      number = number * 10 + (digit - '0');
    }
    return number;
  }
}
