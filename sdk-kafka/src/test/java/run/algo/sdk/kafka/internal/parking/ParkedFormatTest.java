package run.algo.sdk.kafka.internal.parking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.parking.ParkedRecords.TOPIC;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.RetryState;

class ParkedFormatTest {

  private static final Instant DUE = Instant.ofEpochMilli(1_700_000_030_001L);
  private static final ParkedTry FAILED = new ParkedTry(4, new RetryState.After(5, 2), DUE);
  private static final ParkedId ID = new ParkedId(3, 42);

  private final ParkedFormat format = new ParkedFormat("t.Orders", "algorun-g");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger(ParkedFormat.class)).addAppender(log);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger(ParkedFormat.class)).detachAppender(log);
  }

  private static ParkedRecord parked(ParkedTry next, RecordHeader... own) {
    return new ParkedRecord(
        ID,
        1_700_000_000_123L,
        "k".getBytes(UTF_8),
        "v".getBytes(UTF_8),
        run.algo.sdk.RecordHeaders.of(own),
        next);
  }

  private ConsumerRecord<byte[], byte[]> written(ParkedRecord record) {
    return ParkedRecords.read(format.record(TOPIC, record), 7);
  }

  private Optional<ParkedRecord> restored(ParkedRecord record) {
    return format.read(written(record));
  }

  private static Map<String, String> texts(Iterable<Header> headers) {
    Map<String, String> texts = new LinkedHashMap<>();
    headers.forEach(header -> texts.put(header.key(), new String(header.value(), UTF_8)));
    return texts;
  }

  private String warning() {
    assertThat(log.list).hasSize(1);
    return log.list.get(0).getFormattedMessage();
  }

  @Test
  void liesUnderItsPlaceInThePartitionOfItsNumber() {
    ProducerRecord<byte[], byte[]> sent = format.record(TOPIC, parked(FAILED));
    assertThat(sent.topic()).isEqualTo(TOPIC);
    assertThat(sent.partition()).isEqualTo(3);
    assertThat(sent.timestamp()).isNull();
    assertThat(sent.key()).asString(UTF_8).isEqualTo("3/42");
    assertThat(sent.value()).asString(UTF_8).isEqualTo("v");
  }

  @Test
  void saysWhatComesNextAndWhereItCameFrom() {
    ProducerRecord<byte[], byte[]> sent =
        format.record(TOPIC, parked(FAILED, RecordHeader.of("traceID", "t-1")));
    assertThat(texts(sent.headers()))
        .containsExactlyEntriesOf(
            entries(
                "traceID", "t-1",
                "parkedHeaders", "1",
                "parkedKey", "k",
                "originTopic", "t.Orders",
                "originPartition", "3",
                "originOffset", "42",
                "originTimestamp", "1700000000123",
                "retryAttempt", "4",
                "retryStepIndex", "5",
                "retryNum", "2",
                "retryTimestamp", "1700000031",
                "retryTimestampMs", "1700000030001",
                "retryGroup", "algorun-g"));
  }

  @Test
  void whatOnlyWaitsBehindOthersHasNoTry() {
    ProducerRecord<byte[], byte[]> sent = format.record(TOPIC, parked(ParkedTry.BEHIND));
    assertThat(texts(sent.headers()))
        .containsEntry("retryAttempt", "0")
        .doesNotContainKeys("retryStepIndex", "retryNum", "retryTimestamp", "retryTimestampMs");
  }

  private static Map<String, String> entries(String... namesAndValues) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return entries;
  }

  @Test
  void aTombstoneIsOfTheSameKeyAndPartition() {
    ProducerRecord<byte[], byte[]> sent = format.tombstone(TOPIC, ID);
    assertThat(sent.key()).isEqualTo(format.record(TOPIC, parked(FAILED)).key());
    assertThat(sent.partition()).isEqualTo(3);
    assertThat(sent.value()).isNull();
    assertThat(format.id(sent.key())).contains(ID);
    assertThat(format.read(ParkedRecords.read(sent, 1))).isEmpty();
    assertThat(log.list).as("as it is to be").isEmpty();
  }

  /** Whatever a record has: its headers may even have the names of ours. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
  void isRestoredToTheByte(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      ParkedRecord record = any(random);
      assertThat(restored(record)).as("seed %d, record %d", seed, i).contains(record);
    }
    assertThat(log.list).isEmpty();
  }

  private static ParkedRecord any(Random random) {
    RecordHeader[] own = new RecordHeader[random.nextInt(5)];
    for (int i = 0; i < own.length; i++) {
      own[i] = new RecordHeader(NAMES.get(random.nextInt(NAMES.size())), bytes(random));
    }
    ParkedTry next =
        switch (random.nextInt(3)) {
          case 0 -> ParkedTry.BEHIND;
          case 1 ->
              new ParkedTry(
                  random.nextInt(1_000_000_000),
                  new RetryState.After(random.nextInt(), 1 + random.nextInt(1_000_000_000)),
                  due(random));
          default -> new ParkedTry(random.nextInt(9), new RetryState.First(), due(random));
        };
    return new ParkedRecord(
        new ParkedId(random.nextInt(Integer.MAX_VALUE), random.nextLong() >>> 1),
        random.nextInt(4) == 0 ? -1 : random.nextLong() >>> 1,
        bytes(random),
        bytes(random),
        run.algo.sdk.RecordHeaders.of(own),
        next);
  }

  /** Of any age; what is kept are whole milliseconds. */
  private static Instant due(Random random) {
    return random.nextBoolean()
        ? Instant.ofEpochMilli(1_700_000_000_000L + random.nextInt())
        : Instant.ofEpochMilli(random.nextLong() / (1L << random.nextInt(60)));
  }

  private static byte @Nullable [] bytes(Random random) {
    int length = random.nextInt(8) - 1;
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static final List<String> NAMES =
      List.of(
          "",
          "a",
          "traceID",
          "parkedHeaders",
          "parkedKey",
          "parkedNull",
          "originTopic",
          "originOffset",
          "retryGroup",
          "retryAttempt",
          "retryTimestampMs");

  @ParameterizedTest
  @CsvSource({
    "2023-11-14T22:13:20.000000001Z, 2023-11-14T22:13:20.001Z",
    "2023-11-14T22:13:20.999999999Z, 2023-11-14T22:13:21Z",
    "1969-12-31T23:59:59.999000001Z, 1970-01-01T00:00:00Z",
    "+1000000000-12-31T23:59:59.999999999Z, +292278994-08-17T07:12:55.807Z",
    "-1000000000-01-01T00:00:00Z, -292275055-05-16T16:47:04.193Z"
  })
  void aDueTimeIsRoundedUpAndHasItsBounds(Instant due, Instant restored) {
    ParkedTry next = new ParkedTry(1, new RetryState.After(1, 1), due);
    assertThat(restored(parked(next)).orElseThrow().next().due()).isEqualTo(restored);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3",
        "3/",
        "/42",
        "3/42/1",
        "03/42",
        "3/042",
        "+3/42",
        "-3/42",
        "3/-1",
        " 3/42",
        "3/42\n",
        "2147483648/1",
        "3/9223372036854775808",
        "3/99999999999999999999",
        "٣/٤",
        "orders"
      })
  void otherKeysAreNobodys(String key) {
    assertThat(format.id(key.getBytes(UTF_8))).isEmpty();
    ConsumerRecord<byte[], byte[]> ours = written(parked(FAILED));
    assertThat(
            format.read(
                ParkedRecords.read(3, 7, key.getBytes(UTF_8), ours.value(), ours.headers())))
        .isEmpty();
    assertThat(warning()).contains(TOPIC + "-3@7", "its key is no place");
  }

  @Test
  void theLargestPlaceIsOne() {
    ParkedId largest = new ParkedId(Integer.MAX_VALUE, Long.MAX_VALUE);
    assertThat(format.id(largest.toString().getBytes(UTF_8))).contains(largest);
    assertThat(format.id("0/0".getBytes(UTF_8))).contains(new ParkedId(0, 0));
    assertThat(format.id(null)).isEmpty();
  }

  @Test
  void aRecordOfAnotherPartitionIsNotOurs() {
    ConsumerRecord<byte[], byte[]> ours = written(parked(FAILED));
    assertThat(format.read(ParkedRecords.read(2, 7, ours.key(), ours.value(), ours.headers())))
        .isEmpty();
    assertThat(warning()).contains("its key names partition 3");
  }

  /** Headers of our own, one replaced or without it where there is no text. */
  private ConsumerRecord<byte[], byte[]> with(ParkedRecord record, String name, String text) {
    ConsumerRecord<byte[], byte[]> ours = written(record);
    RecordHeaders headers = new RecordHeaders();
    for (Header header : ours.headers()) {
      if (!header.key().equals(name)) {
        headers.add(header);
      } else if (text != null) {
        headers.add(name, text.getBytes(UTF_8));
      }
    }
    return ParkedRecords.read(3, 7, ours.key(), ours.value(), headers);
  }

  @ParameterizedTest
  @CsvSource({
    "parkedHeaders,,     parkedHeaders is missing",
    "parkedHeaders,   -1, parkedHeaders is missing or wrong",
    "parkedHeaders,    0, parkedHeaders is missing or wrong",
    "parkedHeaders,    2, parkedHeaders is missing or wrong",
    "parkedHeaders,   99, parkedHeaders is missing or wrong",
    "parkedHeaders, many, parkedHeaders is missing or wrong",
    "originTopic,,       its origin is missing",
    "originTopic,  a b,  its origin is missing",
    "originTopic,  t.orders, its origin is t.orders-3@42",
    "originPartition,,   its origin is missing",
    "originPartition, 4, its origin is t.Orders-4@42",
    "originOffset,,      its origin is missing",
    "originOffset,   43, its origin is t.Orders-3@43",
    "originOffset,   -1, its origin is missing",
    "retryGroup, Algorun-G, it is of group Algorun-G",
  })
  void whatCannotBeOursIsLeftAloneWithAWarning(String name, String text, String why) {
    ParkedRecord record = parked(FAILED, RecordHeader.of("own", "1"));
    assertThat(format.read(with(record, name, text))).isEmpty();
    assertThat(warning()).contains(why, "t.Orders", "algorun-g");
  }

  @ParameterizedTest
  @CsvSource({
    "retryStepIndex,,",
    "retryStepIndex,  x",
    "retryNum,,",
    "retryNum,        0",
    "retryNum,        1000000001",
    "retryTimestampMs, soon",
    "retryTimestampMs, 9223372036854775808",
  })
  void aTryThatMakesNoSenseIsTheFirstAndDue(String name, String text) {
    ParkedRecord record = parked(FAILED, RecordHeader.of("own", "1"));
    assertThat(format.read(with(record, name, text)))
        .contains(
            parked(
                new ParkedTry(4, new RetryState.First(), Instant.EPOCH),
                RecordHeader.of("own", "1")));
    assertThat(warning()).contains("parked record 3/42", name);
  }

  @ParameterizedTest
  @CsvSource({"retryAttempt,,2", "retryAttempt,-1,2", "retryAttempt,1000000001,2"})
  void withoutANumberOfExecutionsItsTryTellsOfSome(String name, String text, int executions) {
    assertThat(format.read(with(parked(FAILED), name, text)))
        .contains(parked(new ParkedTry(executions, FAILED.state(), DUE)));
    assertThat(warning()).contains("retryAttempt");
  }

  @Test
  void secondsDoWhereThereAreNoMilliseconds() {
    assertThat(format.read(with(parked(FAILED), "retryTimestampMs", null)))
        .contains(parked(new ParkedTry(4, FAILED.state(), Instant.ofEpochSecond(1_700_000_031L))));
    assertThat(log.list).isEmpty();
  }

  @Test
  void theRecordsOwnTimestampStandsInForOneThatIsWrong() {
    assertThat(format.read(with(parked(FAILED), "originTimestamp", "-2")).orElseThrow().timestamp())
        .isEqualTo(1_800_000_000_000L);
    assertThat(warning()).contains("originTimestamp is \"-2\"");
  }

  @Test
  void aRecordThatNamesNoGroupIsOurs() {
    assertThat(format.read(with(parked(FAILED), "retryGroup", null))).contains(parked(FAILED));
  }

  @Test
  void aWarningTellsNothingThatBreaksItsLine() {
    var unused = format.read(with(parked(FAILED), "retryGroup", "a\nb\u001b[31m" + "x".repeat(99)));
    assertThat(warning()).contains("a?b?[31mx").doesNotContain("x".repeat(50));
  }

  @Test
  void warningsAreFew() {
    for (int i = 0; i < 100; i++) {
      var unused = format.read(with(parked(FAILED), "retryGroup", "other"));
    }
    assertThat(log.list).hasSize(1);
  }

  /** Anybody may write to a topic: it is refused or read, and never thrown over. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void garbageNeverThrows(long seed) {
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < 5_000; i++) {
      ProducerRecord<byte[], byte[]> sent = format.record(TOPIC, any(random));
      List<Header> headers = new ArrayList<>(List.of(sent.headers().toArray()));
      for (int faults = random.nextInt(4); faults >= 0; faults--) {
        spoil(headers, random);
      }
      byte[] key = random.nextInt(8) == 0 ? bytes(random) : sent.key();
      byte[] value = random.nextInt(8) == 0 ? bytes(random) : sent.value();
      Optional<ParkedRecord> parked =
          format.read(
              ParkedRecords.read(sent.partition(), i, key, value, new RecordHeaders(headers)));
      if (parked.isPresent()) {
        read++;
        assertThat(format.id(key)).contains(parked.get().id());
      }
    }
    assertThat(read).as("some were not spoilt much").isBetween(500, 4_500);
  }

  private static void spoil(List<Header> headers, Random random) {
    int place = random.nextInt(headers.size() + 1);
    String name = NAMES.get(random.nextInt(NAMES.size()));
    byte[] value =
        random.nextBoolean() ? bytes(random) : Long.toString(random.nextLong()).getBytes(UTF_8);
    Header fault = new org.apache.kafka.common.header.internals.RecordHeader(name, value);
    if (place == headers.size() || random.nextInt(3) == 0) {
      headers.add(place, fault);
    } else if (random.nextBoolean()) {
      headers.remove(place);
    } else {
      headers.set(
          place,
          new org.apache.kafka.common.header.internals.RecordHeader(
              headers.get(place).key(), value));
    }
  }
}
