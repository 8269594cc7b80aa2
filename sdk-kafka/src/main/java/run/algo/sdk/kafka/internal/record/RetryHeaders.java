package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static run.algo.sdk.kafka.internal.record.ProtocolHeaders.header;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

/**
 * Writes and reads the headers of records on retry topics. What others have written is read with
 * care: a header that is wrong counts as absent and is told of, and never costs the record.
 *
 * <p>Immutable, so safe for use by several threads.
 */
public final class RetryHeaders {

  /** Index of the step whose backoff the record waits for. */
  public static final String STEP_INDEX = "retryStepIndex";

  /** Which try of the step the next execution is, from 1. */
  public static final String NUM = "retryNum";

  /** When the record is due, in whole seconds since the epoch, rounded up. */
  public static final String TIMESTAMP = "retryTimestamp";

  /** When the record is due, in milliseconds since the epoch, rounded up. */
  public static final String TIMESTAMP_MS = "retryTimestampMs";

  /** The consumer group whose retry it is; without it, it is everybody's. */
  public static final String GROUP = "retryGroup";

  /** Executions begun so far. */
  public static final String ATTEMPT = "retryAttempt";

  /** More tries than a record can have had: a number above it is a mistake. */
  static final int MOST_TRIES = 1_000_000_000;

  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,19}");

  /** As much of a wrong value as a log line shows. */
  private static final int SHOWN = 40;

  private final byte[] group;

  /**
   * For the retries of a runner.
   *
   * @param group its consumer group
   */
  public RetryHeaders(String group) {
    this.group = group.getBytes(UTF_8);
  }

  /**
   * The try that a record waits for.
   *
   * @param step index of the step
   * @param retryNum which try of the step it is, from 1
   * @param executions executions begun so far
   * @param due when it may be executed; written rounded up, so that it is never too early
   */
  public record Next(int step, int retryNum, int executions, Instant due) {}

  /**
   * What a record of a retry topic tells of itself.
   *
   * @param tries what was tried with it so far
   * @param origin where it was first read
   * @param faults what is wrong with its headers, a text each; empty for every record of ours
   */
  public record Read(Tries tries, RecordPosition origin, List<String> faults) {}

  /**
   * The headers of a record for a retry topic: those carried, and in place of old ones where it
   * came from and what comes next.
   *
   * @param record the record as it was read
   * @param traceId its trace ID
   * @param origin where it was first read
   * @param next the try that it waits for
   * @return new headers
   */
  public RecordHeaders write(
      ConsumerRecord<byte[], byte[]> record, byte[] traceId, RecordPosition origin, Next next) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (ProtocolHeaders.carriedToDeadLetters(header.key())) {
        headers.add(header);
      }
    }
    // Once, whatever the record has: an empty or repeated one would hide it from some readers.
    headers.remove(ProtocolHeaders.TRACE_ID);
    headers.add(new RecordHeader(ProtocolHeaders.TRACE_ID, traceId));
    headers.add(header(STEP_INDEX, Integer.toString(next.step())));
    headers.add(header(NUM, Integer.toString(next.retryNum())));
    ProtocolHeaders.addOrigin(headers, origin);
    long millis = millis(next.due());
    headers.add(header(TIMESTAMP, Long.toString(Math.negateExact(Math.floorDiv(-millis, 1000L)))));
    headers.add(header(TIMESTAMP_MS, Long.toString(millis)));
    headers.add(new RecordHeader(GROUP, group));
    headers.add(header(ATTEMPT, Integer.toString(next.executions())));
    return headers;
  }

  /** Milliseconds since the epoch, a part of one counting as a whole. */
  private static long millis(Instant due) {
    return due.plus(Duration.ofNanos(999_999)).toEpochMilli();
  }

  /**
   * Whether a record is another group's retry.
   *
   * @param headers the headers of a record of a retry topic
   * @return whether it names another group than this; false where it names none
   */
  public boolean isForeign(Headers headers) {
    byte[] named = ProtocolHeaders.bytes(headers, GROUP);
    return named != null && !Arrays.equals(named, group);
  }

  /**
   * Reads what a record of a retry topic tells of itself. Where step or try are missing or wrong it
   * counts as failed for the first time; without a right {@link #ATTEMPT} step and try give the
   * number of executions; without a right origin the record itself is its origin, in the input
   * topic.
   *
   * @param record the record
   * @param inputTopic the input topic whose retries the topic holds
   * @param plan the steps by which it is retried
   * @return what it tells
   */
  public static Read read(
      ConsumerRecord<byte[], byte[]> record, String inputTopic, RetryPlan plan) {
    Reader reader = new Reader(record.headers());
    Tries tries = reader.tries(plan);
    RecordPosition origin = reader.origin();
    if (origin == null) {
      origin =
          new RecordPosition(inputTopic, record.partition(), record.offset(), record.timestamp());
    } else if (reader.noTimestamp) {
      origin =
          new RecordPosition(
              origin.topic(), origin.partition(), origin.offset(), record.timestamp());
    }
    return new Read(tries, origin, List.copyOf(reader.faults));
  }

  /** Executions that step and try tell of: the first one failed, and each try but the next. */
  private static int executions(RetryPlan plan, int step, int retryNum) {
    long executions = retryNum;
    for (RetryStep each : plan.steps()) {
      if (each.index() < step) {
        executions += each.tries();
      }
    }
    return (int) Math.min(MOST_TRIES, executions);
  }

  /** Reads the headers of one record and notes what is wrong with them. */
  private static final class Reader {
    final Headers headers;
    final List<String> faults = new ArrayList<>(0);
    boolean noTimestamp;

    Reader(Headers headers) {
      this.headers = headers;
    }

    Tries tries(RetryPlan plan) {
      Long step = number(STEP_INDEX, Integer.MIN_VALUE, Integer.MAX_VALUE, true);
      Long num = number(NUM, 1, MOST_TRIES, true);
      Long attempt = number(ATTEMPT, 1, MOST_TRIES, false);
      if (step == null || num == null) {
        return new Tries(attempt == null ? 0 : attempt.intValue(), new RetryState.First());
      }
      int executions =
          attempt == null ? executions(plan, step.intValue(), num.intValue()) : attempt.intValue();
      return new Tries(executions, new RetryState.After(step.intValue(), num.intValue()));
    }

    /** Null where there is none, or none that makes sense. */
    @Nullable RecordPosition origin() {
      String topic = ProtocolHeaders.text(headers, ProtocolHeaders.ORIGIN_TOPIC);
      boolean none =
          topic == null
              && ProtocolHeaders.bytes(headers, ProtocolHeaders.ORIGIN_PARTITION) == null
              && ProtocolHeaders.bytes(headers, ProtocolHeaders.ORIGIN_OFFSET) == null;
      if (none) {
        return null;
      }
      Long partition = number(ProtocolHeaders.ORIGIN_PARTITION, 0, Integer.MAX_VALUE, true);
      Long offset = number(ProtocolHeaders.ORIGIN_OFFSET, 0, Long.MAX_VALUE, true);
      Long timestamp = number(ProtocolHeaders.ORIGIN_TIMESTAMP, -1, Long.MAX_VALUE, false);
      noTimestamp = timestamp == null;
      if (topic == null) {
        faults.add(ProtocolHeaders.ORIGIN_TOPIC + " is missing");
      } else if (!TOPIC.matcher(topic).matches()) {
        wrong(ProtocolHeaders.ORIGIN_TOPIC, topic);
      } else if (partition != null && offset != null) {
        return new RecordPosition(
            topic, partition.intValue(), offset, timestamp == null ? -1 : timestamp);
      }
      return null;
    }

    private @Nullable Long number(String name, long least, long most, boolean expected) {
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

    /** The value is anybody's, and goes into a log. */
    private void wrong(String name, String text) {
      StringBuilder shown = new StringBuilder(name).append(" is \"");
      text.codePoints()
          .limit(SHOWN)
          .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '?' : c)
          .forEach(shown::appendCodePoint);
      faults.add(shown.append('"').toString());
    }
  }
}
