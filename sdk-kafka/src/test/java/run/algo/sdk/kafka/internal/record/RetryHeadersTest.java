package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

class RetryHeadersTest {

  private static final byte[] TRACE = "t-1".getBytes(UTF_8);
  private static final RecordPosition ORIGIN =
      new RecordPosition("t.Orders", 3, 42, 1_700_000_000_123L);

  /** Of steps 2, 5 and 9, tried 3, 1 and 2 times; not in their order, as a config may have them. */
  private static final RetryPlan PLAN = new RetryPlan(List.of(step(9, 2), step(2, 3), step(5, 0)));

  private final RetryHeaders writer = new RetryHeaders("algorun-g");

  private static RetryStep step(int index, int repeat) {
    return new RetryStep(index, Duration.ofSeconds(30), repeat);
  }

  private static ConsumerRecord<byte[], byte[]> record(Headers headers) {
    return new ConsumerRecord<>(
        "t.orders.30s",
        1,
        7,
        1_800_000_000_000L,
        TimestampType.CREATE_TIME,
        1,
        1,
        new byte[] {1},
        new byte[] {2},
        headers,
        Optional.empty());
  }

  private static RecordHeaders headers(String... namesAndValues) {
    RecordHeaders headers = new RecordHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
    }
    return headers;
  }

  private static RetryHeaders.Read read(String... namesAndValues) {
    return RetryHeaders.read(record(headers(namesAndValues)), "t.Orders", PLAN);
  }

  private Map<String, String> written(Headers own, RetryHeaders.Next next) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Header header : writer.write(record(own), TRACE, ORIGIN, next)) {
      String before = texts.put(header.key(), new String(header.value(), UTF_8));
      assertThat(before).as("header %s twice", header.key()).isNull();
    }
    return texts;
  }

  @Test
  void saysWhatComesNextAndWhereItCameFrom() {
    Instant due = Instant.ofEpochMilli(1_700_000_030_001L);
    assertThat(written(new RecordHeaders(), new RetryHeaders.Next(5, 2, 4, due)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("traceID", "t-1"),
                Map.entry("retryStepIndex", "5"),
                Map.entry("retryNum", "2"),
                Map.entry("retryAttempt", "4"),
                Map.entry("retryGroup", "algorun-g"),
                Map.entry("retryTimestamp", "1700000031"),
                Map.entry("retryTimestampMs", "1700000030001"),
                Map.entry("originTopic", "t.Orders"),
                Map.entry("originPartition", "3"),
                Map.entry("originOffset", "42"),
                Map.entry("originTimestamp", "1700000000123")));
  }

  @ParameterizedTest
  @CsvSource({
    "2023-11-14T22:13:20Z,           1700000000, 1700000000000",
    "2023-11-14T22:13:20.000000001Z, 1700000001, 1700000000001",
    "2023-11-14T22:13:20.001Z,       1700000001, 1700000000001",
    "2023-11-14T22:13:20.999Z,       1700000001, 1700000000999",
    "2023-11-14T22:13:20.999000001Z, 1700000001, 1700000001000",
    "1970-01-01T00:00:00Z,           0,          0"
  })
  void aDueTimeIsRoundedUp(String due, String seconds, String millis) {
    assertThat(written(new RecordHeaders(), new RetryHeaders.Next(1, 1, 1, Instant.parse(due))))
        .containsEntry("retryTimestamp", seconds)
        .containsEntry("retryTimestampMs", millis);
  }

  @Test
  void whatIsTheRecordsOwnIsCarriedAndTheRestReplaced() {
    RecordHeaders own =
        headers(
            "traceparent", "w3c",
            "user", "u",
            "run", "false",
            "contentType", "text/csv",
            "fileName", "f.csv",
            "endpointParams", "a=b",
            "messageDataType", "Embedded",
            "traceID", "",
            "traceID", "another",
            "retryStepIndex", "1",
            "retryGroup", "another",
            "retryWhatever", "x",
            "originOffset", "1",
            "originWhatever", "x",
            "dlqReason", "algo");
    assertThat(written(own, new RetryHeaders.Next(5, 1, 4, Instant.EPOCH)))
        .containsEntry("traceparent", "w3c")
        .containsEntry("user", "u")
        .containsEntry("run", "false")
        .containsEntry("contentType", "text/csv")
        .containsEntry("fileName", "f.csv")
        .containsEntry("endpointParams", "a=b")
        .containsEntry("messageDataType", "Embedded")
        .containsEntry("traceID", "t-1")
        .containsEntry("retryStepIndex", "5")
        .containsEntry("retryGroup", "algorun-g")
        .containsEntry("originOffset", "42")
        .doesNotContainKeys("retryWhatever", "originWhatever", "dlqReason");
  }

  @Test
  void whatIsWrittenIsRead() {
    RecordHeaders written =
        writer.write(
            record(new RecordHeaders()),
            TRACE,
            ORIGIN,
            new RetryHeaders.Next(5, 1, 4, Instant.EPOCH));
    RetryHeaders.Read read = RetryHeaders.read(record(written), "t.Orders", PLAN);
    assertThat(read)
        .isEqualTo(
            new RetryHeaders.Read(new Tries(4, new RetryState.After(5, 1)), ORIGIN, List.of()));
    assertThat(writer.isForeign(written)).isFalse();
    assertThat(new RetryHeaders("algorun-h").isForeign(written)).isTrue();
  }

  @Test
  void withoutAGroupItIsEverybodys() {
    assertThat(writer.isForeign(new RecordHeaders())).isFalse();
    assertThat(writer.isForeign(headers("retryGroup", ""))).isFalse();
    assertThat(writer.isForeign(headers("retryGroup", "algorun-G"))).isTrue();
    assertThat(writer.isForeign(headers("retryGroup", "algorun-g", "retryGroup", "x"))).isTrue();
  }

  /** The first failed, each of the three tries of step 2, the one of step 5, and so on. */
  @ParameterizedTest
  @CsvSource({
    "2, 1, 1",
    "2, 2, 2",
    "2, 3, 3",
    "5, 1, 4",
    "9, 1, 5",
    "9, 2, 6",
    // Steps that have left the plan: those before them count.
    "1, 1, 1",
    "4, 1, 4",
    "7, 2, 6",
    "11, 1, 7",
    "-3, 5, 5"
  })
  void stepAndTryTellTheExecutions(String step, String num, int executions) {
    RetryHeaders.Read read = read("retryStepIndex", step, "retryNum", num);
    assertThat(read.tries())
        .isEqualTo(
            new Tries(
                executions, new RetryState.After(Integer.parseInt(step), Integer.parseInt(num))));
    assertThat(read.faults()).isEmpty();
  }

  @Test
  void theNumberOfExecutionsIsPreferredWhereThereIsOne() {
    assertThat(read("retryStepIndex", "9", "retryNum", "2", "retryAttempt", "11").tries())
        .isEqualTo(new Tries(11, new RetryState.After(9, 2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "x", "1.5", "99999999999999999999", "2147483648", " 1", "١"})
  void aWrongNumberOfExecutionsIsAsNone(String attempt) {
    RetryHeaders.Read read = read("retryStepIndex", "5", "retryNum", "1", "retryAttempt", attempt);
    assertThat(read.tries()).isEqualTo(new Tries(4, new RetryState.After(5, 1)));
    assertThat(read.faults()).containsExactly("retryAttempt is \"" + attempt + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "x", "1e3", "9223372036854775808", "1000000001"})
  void aWrongTryCountsAsTheFirstFailure(String num) {
    RetryHeaders.Read read = read("retryStepIndex", "5", "retryNum", num);
    assertThat(read.tries()).isEqualTo(Tries.NONE);
    assertThat(read.faults()).containsExactly("retryNum is \"" + num + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2147483648", "-2147483649", "one", "--1", "+1"})
  void aWrongStepCountsAsTheFirstFailure(String step) {
    RetryHeaders.Read read = read("retryStepIndex", step, "retryNum", "1", "retryAttempt", "3");
    assertThat(read.tries()).as("executions stay").isEqualTo(new Tries(3, new RetryState.First()));
    assertThat(read.faults()).containsExactly("retryStepIndex is \"" + step + "\"");
  }

  @Test
  void nothingAtAllIsTheFirstFailureHere() {
    RetryHeaders.Read read = read();
    assertThat(read.tries()).isEqualTo(Tries.NONE);
    assertThat(read.origin()).isEqualTo(new RecordPosition("t.Orders", 1, 7, 1_800_000_000_000L));
    assertThat(read.faults()).containsExactly("retryStepIndex is missing", "retryNum is missing");
  }

  @Test
  void whatIsShownOfAWrongHeaderIsShortAndOnOneLine() {
    String fault =
        read("retryStepIndex", "a\nb\u001b[31m\u2028" + "x".repeat(100), "retryNum", "1")
            .faults()
            .get(0);
    assertThat(fault).startsWith("retryStepIndex is \"a?b?[31m?xxx").hasSizeLessThan(70);
  }

  @Test
  void theOriginIsThatOfTheFirstRead() {
    assertThat(
            read(
                    "originTopic", "t.Orders",
                    "originPartition", "3",
                    "originOffset", "42",
                    "originTimestamp", "1700000000123",
                    "retryStepIndex", "2",
                    "retryNum", "1")
                .origin())
        .isEqualTo(ORIGIN);
  }

  @Test
  void anOriginWithoutItsTimeHasTheRecords() {
    RetryHeaders.Read read =
        read("originTopic", "t.Orders", "originPartition", "3", "originOffset", "42");
    assertThat(read.origin()).isEqualTo(new RecordPosition("t.Orders", 3, 42, 1_800_000_000_000L));
  }

  @ParameterizedTest
  @CsvSource({
    "a topic,  3,  42",
    "'',       3,  42",
    "t.Orders, -1, 42",
    "t.Orders, x,  42",
    "t.Orders, '', 42",
    "t.Orders, 3,  -1",
    "t.Orders, 3,  ''",
    "t.Orders, 2147483648, 42"
  })
  void aWrongOriginIsAsNone(String topic, String partition, String offset) {
    RetryHeaders.Read read =
        read(
            "retryStepIndex", "2",
            "retryNum", "1",
            "originTopic", topic,
            "originPartition", partition,
            "originOffset", offset);
    assertThat(read.origin()).isEqualTo(new RecordPosition("t.Orders", 1, 7, 1_800_000_000_000L));
    assertThat(read.faults()).singleElement().asString().startsWith("origin");
    assertThat(read.tries()).isEqualTo(new Tries(1, new RetryState.After(2, 1)));
  }
}
