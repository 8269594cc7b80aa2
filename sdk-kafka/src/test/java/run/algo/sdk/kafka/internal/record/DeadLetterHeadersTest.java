package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.RecordPosition;

class DeadLetterHeadersTest {

  private static final byte[] TRACE = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

  private static final RecordPosition ORIGIN =
      new RecordPosition("orders", 3, 42, 1_700_000_000_123L);

  private final DeadLetterHeaders writer = new DeadLetterHeaders("algorun-g", "owner/name:1[0]");

  private static ConsumerRecord<byte[], byte[]> record(Headers headers) {
    return new ConsumerRecord<>(
        "orders",
        3,
        42,
        1_700_000_000_123L,
        TimestampType.CREATE_TIME,
        1,
        1,
        new byte[] {1},
        new byte[] {2},
        headers,
        Optional.empty());
  }

  private Headers write(Headers headers, Throwable cause) {
    return writer.write(record(headers), TRACE, ORIGIN, new Failure(FailureReason.ALGO, cause, 1));
  }

  private static Map<String, String> texts(Headers headers) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Header header : headers) {
      String before = texts.put(header.key(), new String(header.value(), UTF_8));
      assertThat(before).as("header %s twice", header.key()).isNull();
    }
    return texts;
  }

  private static String text(Headers headers, String name) throws CharacterCodingException {
    byte[] value = headers.lastHeader(name).value();
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString(); // strict
  }

  @Test
  void saysWhereAndWhy() {
    Map<String, String> texts =
        texts(write(new RecordHeaders(), new IllegalStateException("no such order")));

    assertThat(texts.remove("dlqStackTrace"))
        .startsWith("java.lang.IllegalStateException: no such order")
        .contains("saysWhereAndWhy");
    assertThat(texts)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("traceID", new String(TRACE, UTF_8)),
                Map.entry("originTopic", "orders"),
                Map.entry("originPartition", "3"),
                Map.entry("originOffset", "42"),
                Map.entry("originTimestamp", "1700000000123"),
                Map.entry("dlqReason", "algo"),
                Map.entry("dlqExceptionClass", "java.lang.IllegalStateException"),
                Map.entry("dlqExceptionMessage", "no such order"),
                Map.entry("dlqTopic", "orders"),
                Map.entry("dlqPartition", "3"),
                Map.entry("dlqOffset", "42"),
                Map.entry("dlqTimestamp", "1700000000123"),
                Map.entry("dlqGroup", "algorun-g"),
                Map.entry("dlqAlgo", "owner/name:1[0]"),
                Map.entry("dlqAttempts", "1")));
  }

  @ParameterizedTest
  @EnumSource
  void namesEachReason(FailureReason reason) throws CharacterCodingException {
    Headers headers =
        writer.write(
            record(new RecordHeaders()), TRACE, ORIGIN, new Failure(reason, new Exception("x"), 0));
    assertThat(text(headers, "dlqReason"))
        .isEqualTo(reason.wireName())
        .isIn(
            "decode",
            "algo",
            "timeout",
            "encode",
            "storage",
            "content-type",
            "parameters",
            "too-large");
    assertThat(text(headers, "dlqAttempts")).isEqualTo("0");
  }

  @Test
  void carriesTheRecordsOwnHeadersAndReplacesWhatIsItsOwn() {
    RecordHeaders own = new RecordHeaders();
    own.add("traceparent", "w3c".getBytes(UTF_8));
    own.add("user", "u".getBytes(UTF_8));
    own.add("contentType", "text/plain".getBytes(UTF_8));
    own.add("run", "true".getBytes(UTF_8));
    own.add("retryNum", "3".getBytes(UTF_8));
    own.add("retryGroup", "other".getBytes(UTF_8));
    own.add("originTopic", "elsewhere".getBytes(UTF_8));
    own.add("dlqReason", "timeout".getBytes(UTF_8));
    own.add("dlqFuture", "of an earlier death".getBytes(UTF_8));

    Map<String, String> texts = texts(write(own, new Exception("x")));

    assertThat(texts)
        .containsEntry("traceparent", "w3c")
        .containsEntry("user", "u")
        .containsEntry("contentType", "text/plain")
        .containsEntry("run", "true")
        .containsEntry("originTopic", "orders")
        .containsEntry("dlqReason", "algo")
        .doesNotContainKeys("retryNum", "retryGroup", "dlqFuture");
    assertThat(own.toArray()).as("the record's own headers are left alone").hasSize(9);
  }

  @Test
  void keepsRepeatedHeadersInTheirOrder() {
    RecordHeaders own = new RecordHeaders();
    own.add("h", new byte[] {1}).add("h", null).add("h", new byte[] {2});
    assertThat(write(own, new Exception()).headers("h"))
        .extracting(Header::value)
        .containsExactly(new byte[] {1}, null, new byte[] {2});
  }

  @Test
  void hasTheTraceOnce() {
    RecordHeaders own = new RecordHeaders();
    own.add("traceID", new byte[0]).add("traceID", null);
    assertThat(write(own, new Exception()).headers("traceID"))
        .extracting(Header::value)
        .containsExactly(TRACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ü", "€", "😀"})
  void cutsAtACharactersBoundary(String character) throws CharacterCodingException {
    for (int shift = 0; shift < 4; shift++) {
      String message = "x".repeat(shift) + character.repeat(10_000);
      Headers headers = write(new RecordHeaders(), new Exception(message));

      String cut = text(headers, "dlqExceptionMessage");
      assertThat(message).startsWith(cut);
      assertThat(cut.getBytes(UTF_8).length).isBetween(1024 - 3, 1024);
      String trace = text(headers, "dlqStackTrace");
      assertThat("java.lang.Exception: " + message).startsWith(trace);
      assertThat(trace.getBytes(UTF_8).length).isBetween(8192 - 3, 8192);
    }
  }

  @Test
  void cutsBeforeAPairWhoseHalfWouldFit() {
    assertThat(DeadLetterHeaders.cut("x".repeat(1023) + "😀😀", 1024))
        .isEqualTo("x".repeat(1023).getBytes(UTF_8));
    assertThat(DeadLetterHeaders.cut("x".repeat(1024), 1024)).hasSize(1024);
    assertThat(DeadLetterHeaders.cut("", 1024)).isEmpty();
  }

  @Test
  void survivesAnExceptionThatCannotBeAsked() throws CharacterCodingException {
    Headers headers = write(new RecordHeaders(), new Unreadable());
    assertThat(text(headers, "dlqExceptionClass")).isEqualTo(Unreadable.class.getName());
    assertThat(text(headers, "dlqExceptionMessage")).contains("java.lang.StackOverflowError");
    assertThat(text(headers, "dlqStackTrace")).contains("java.lang.StackOverflowError");
  }

  @Test
  void aMissingMessageIsAnEmptyOne() throws CharacterCodingException {
    assertThat(text(write(new RecordHeaders(), new Exception()), "dlqExceptionMessage")).isEmpty();
  }

  @Test
  void losesTheStackTraceThenTheMessage() {
    Headers headers = write(new RecordHeaders(), new Exception("x"));
    int all = headers.toArray().length;

    assertThat(DeadLetterHeaders.shorten(headers)).isTrue();
    assertThat(headers.lastHeader("dlqStackTrace")).isNull();
    assertThat(headers.lastHeader("dlqExceptionMessage")).isNotNull();
    assertThat(DeadLetterHeaders.shorten(headers)).isTrue();
    assertThat(headers.lastHeader("dlqExceptionMessage")).isNull();
    assertThat(DeadLetterHeaders.shorten(headers)).isFalse();
    assertThat(headers.toArray()).hasSize(all - 2);
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new StackOverflowError();
    }
  }
}
