package run.algo.sdk.kafka.internal.record;

import java.time.Duration;
import java.time.Instant;
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

  /**
   * As {@link #nanos}, of a due time that was read with its record: when it may be executed by the
   * clock of whoever reads it now.
   *
   * @param due the due time
   * @param record the record that says it
   * @param now the reader's time of day
   * @return the due time, or one before it where the reader's clock is behind the record
   */
  public static Instant asMeant(Instant due, ConsumerRecord<?, ?> record, Instant now) {
    long timestamp = record.timestamp();
    if (timestamp < 0 || now.toEpochMilli() >= timestamp) {
      return due;
    }
    Instant written = Instant.ofEpochMilli(timestamp);
    // A wait cannot be too long for an Instant: now is before what the due time was added to.
    return written.isBefore(due) ? now.plus(Duration.between(written, due)) : due;
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
