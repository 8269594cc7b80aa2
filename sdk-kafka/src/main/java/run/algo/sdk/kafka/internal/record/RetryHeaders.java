package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static run.algo.sdk.kafka.internal.record.ProtocolHeaders.header;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
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
  public static final int MOST_TRIES = 1_000_000_000;

  // What a long holds in milliseconds, and a little less: rounding must not pass it.
  private static final Instant EARLIEST = Instant.ofEpochMilli(1 - Long.MAX_VALUE);
  private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE - 1);

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
    addDue(headers, next.due());
    headers.add(new RecordHeader(GROUP, group));
    headers.add(header(ATTEMPT, Integer.toString(next.executions())));
    return headers;
  }

  /**
   * Says when a record may be executed.
   *
   * @param headers the headers to add to; they have no such time yet
   * @param due when, at the earliest; written rounded up, so that it is never too early
   */
  public static void addDue(Headers headers, Instant due) {
    long millis = millis(due);
    headers.add(header(TIMESTAMP, Long.toString(Math.negateExact(Math.floorDiv(-millis, 1000L)))));
    headers.add(header(TIMESTAMP_MS, Long.toString(millis)));
  }

  /** Milliseconds since the epoch, a part of one counting as a whole; for ever as long as fits. */
  private static long millis(Instant due) {
    if (due.isBefore(EARLIEST) || due.isAfter(LATEST)) {
      return due.isAfter(LATEST) ? Long.MAX_VALUE : -Long.MAX_VALUE;
    }
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
    HeaderReader reader = new HeaderReader(record.headers());
    Tries tries = tries(reader, plan);
    RecordPosition origin = reader.origin(record.timestamp());
    if (origin == null) {
      origin =
          new RecordPosition(inputTopic, record.partition(), record.offset(), record.timestamp());
    }
    return new Read(tries, origin, reader.faults());
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

  private static Tries tries(HeaderReader reader, RetryPlan plan) {
    Long step = reader.number(STEP_INDEX, Integer.MIN_VALUE, Integer.MAX_VALUE, true);
    Long num = reader.number(NUM, 1, MOST_TRIES, true);
    Long attempt = reader.number(ATTEMPT, 1, MOST_TRIES, false);
    if (step == null || num == null) {
      return new Tries(attempt == null ? 0 : attempt.intValue(), new RetryState.First());
    }
    int executions =
        attempt == null ? executions(plan, step.intValue(), num.intValue()) : attempt.intValue();
    return new Tries(executions, new RetryState.After(step.intValue(), num.intValue()));
  }
}
