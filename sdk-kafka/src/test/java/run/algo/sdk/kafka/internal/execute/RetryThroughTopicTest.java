package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.Algo;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.retry.StepRetryPolicyProvider;
import run.algo.sdk.spi.GoDuration;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryStep;

/** Long, since the headers of each step of each table are written out by hand. */
class RetryThroughTopicTest {

  /** 2023-11-14T22:13:20Z. */
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  private static final RetryHeaders HEADERS = new RetryHeaders("algorun-g");

  private final RetryTopics known = new RetryTopics();
  private RetryPlan plan = new RetryPlan(List.of());

  /**
   * FailureRules by these steps.
   *
   * @param steps {@code index:backoff:repeat} each
   */
  private Bench retrying(Bench bench, String... steps) {
    List<RetryStep> all = new ArrayList<>();
    Map<Integer, String> topics = new HashMap<>();
    for (String text : steps) {
      String[] parts = text.split(":", -1);
      int index = Integer.parseInt(parts[0]);
      all.add(new RetryStep(index, GoDuration.parse(parts[1]), Integer.parseInt(parts[2])));
      String topic = (Bench.INPUT_TOPIC + "." + parts[1]).toLowerCase(Locale.ROOT);
      topics.put(index, topic);
      known.add(topic, 4);
    }
    plan = new RetryPlan(all);
    return bench.rules(
        new FailureRules(
            Map.of(
                Bench.INPUT_TOPIC,
                new FailureRules.Input(
                    RetryStrategyKind.RETRY_TOPICS,
                    new StepRetryPolicyProvider().create(plan),
                    Optional.of(
                        new FailureRules.Through(
                            topics, known, HEADERS, InstantSource.fixed(NOW))))),
            new FailureClasses(),
            (step, num) -> {}));
  }

  private Route retryRoute(Bench bench, Algo<?, ?> algo) {
    return bench.route(algo).retries(new RetriedRecords(HEADERS, plan, topic -> Optional.empty()));
  }

  private static ConsumerRecord<byte[], byte[]> read(
      String topic, int partition, long offset, byte[] key, byte[] value, Headers headers) {
    return new ConsumerRecord<>(
        topic,
        partition,
        offset,
        1_800_000_000_000L,
        TimestampType.CREATE_TIME,
        0,
        0,
        key,
        value,
        headers,
        Optional.empty());
  }

  /** What a broker makes of it: another offset, another time. */
  private static ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> sent) {
    return read(sent.topic(), 1, 99, sent.key(), sent.value(), sent.headers());
  }

  private static RecordingSettlement process(
      Bench bench, Route route, ConsumerRecord<byte[], byte[]> record) {
    RecordingSettlement settlement = new RecordingSettlement();
    bench
        .processor()
        .process(route, record, settlement, RecordingSettlement.INDEX, Bench.NEVER_PENDING);
    return settlement;
  }

  private static Algo<String, Object> failing() {
    return (text, context) -> {
      throw new IllegalStateException("no");
    };
  }

  private static ProducerRecord<byte[], byte[]> last(Bench bench) {
    List<ProducerRecord<byte[], byte[]>> history = bench.producer.history();
    return history.get(history.size() - 1);
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    String text = Bench.header(record, name);
    return text == null ? "-" : text;
  }

  /**
   * A record that always fails, on its whole way: topic, step, try, executions and due seconds of
   * each hand-over.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1:30s:0 | 30s 1 1 1 +30",
        "1:30s:1 | 30s 1 1 1 +30",
        "1:30s:3 | 30s 1 1 1 +30, 30s 1 2 2 +30, 30s 1 3 3 +30",
        "1:1m:2 2:1h30m:1 | 1m 1 1 1 +60, 1m 1 2 2 +60, 1h30m 2 1 3 +5400",
        "7:1h:1 3:1s:0 | 1s 3 1 1 +1, 1h 7 1 2 +3600",
        // Two steps with one backoff share a topic.
        "1:5s:1 2:5s:2 | 5s 1 1 1 +5, 5s 2 1 2 +5, 5s 2 2 3 +5",
        // A part of a second is a whole one.
        "1:300ms:1 2:1.5s:1 | 300ms 1 1 1 +1, 1.5s 2 1 2 +2",
        "4:1d:1 0:1s:3 9:2d:0 -5:1s:1 2:1m:1"
            + " | 1s -5 1 1 +1, 1s 0 1 2 +1, 1s 0 2 3 +1, 1s 0 3 4 +1, 1m 2 1 5 +60,"
            + " 1d 4 1 6 +86400, 2d 9 1 7 +172800"
      })
  void eachStepIsTriedAsOftenAsItSays(String steps, String expected) {
    Bench bench = retrying(Bench.acknowledging(), steps.split(" ", -1));
    process(bench, bench.route(failing()), Bench.record("k", "value"))
        .assertSettled(Outcome.RETRIED);
    List<String> way = new ArrayList<>();
    while (!last(bench).topic().equals(Bench.DEAD_LETTER_TOPIC)) {
      ProducerRecord<byte[], byte[]> sent = last(bench);
      long seconds = Long.parseLong(header(sent, "retryTimestamp")) - NOW.getEpochSecond();
      way.add(
          sent.topic().substring(Bench.INPUT_TOPIC.length() + 1)
              + " "
              + header(sent, "retryStepIndex")
              + " "
              + header(sent, "retryNum")
              + " "
              + header(sent, "retryAttempt")
              + " +"
              + seconds);
      process(bench, retryRoute(bench, failing()), read(sent));
    }
    assertThat(String.join(", ", way)).isEqualTo(expected);

    ProducerRecord<byte[], byte[]> letter = last(bench);
    assertThat(header(letter, "dlqAttempts")).isEqualTo(Integer.toString(way.size() + 1));
    assertThat(letter.partition()).isEqualTo(Bench.PARTITION);
    for (String prefix : List.of("dlq", "origin")) {
      assertThat(header(letter, prefix + "Topic")).isEqualTo(Bench.INPUT_TOPIC);
      assertThat(header(letter, prefix + "Partition")).isEqualTo("" + Bench.PARTITION);
      assertThat(header(letter, prefix + "Offset")).isEqualTo("" + Bench.OFFSET);
      assertThat(header(letter, prefix + "Timestamp")).isEqualTo("1700000000000");
    }
    assertThat(letter.headers()).noneMatch(each -> each.key().startsWith("retry"));
    assertThat(letter.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo("value".getBytes(UTF_8));
  }

  @Test
  void keyValueAndPartitionStayWhatTheyAre() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:2");
    byte[] value = {(byte) 0xff, 0, 1};
    ConsumerRecord<byte[], byte[]> record =
        read(Bench.INPUT_TOPIC, 3, 5, null, value, new RecordHeaders());
    process(bench.inputCodec(Codec.bytes()), bench.route(context(failing())), record);
    ProducerRecord<byte[], byte[]> sent = last(bench);
    assertThat(sent.key()).isNull();
    assertThat(sent.value()).isSameAs(value);
    assertThat(sent.partition()).isEqualTo(3);
    assertThat(sent.timestamp()).as("the time when it was written").isNull();
    assertThat(bench.counters.retryBytes()).isEqualTo(3);

    process(bench, retryRoute(bench, context(failing())), read(sent));
    assertThat(last(bench).partition()).as("again the original's").isEqualTo(3);
    assertThat(header(last(bench), "originOffset")).isEqualTo("5");
    assertThat(last(bench).value()).isSameAs(value);
    assertThat(bench.counters.retryBytes()).isEqualTo(6);
  }

  private static Algo<byte[], Object> context(Algo<String, Object> inner) {
    return (bytes, context) -> inner.run("", context);
  }

  @Test
  void theKeyDecidesWhereTheTopicHasFewerPartitions() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:1");
    known.add(Bench.INPUT_TOPIC + ".30s", Bench.PARTITION);
    process(bench, bench.route(failing()), Bench.record("k", "v")).assertSettled(Outcome.RETRIED);
    assertThat(last(bench).partition()).isNull();
  }

  @Test
  void aRetryShowsItsOrigin() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:1");
    process(bench, bench.route(failing()), Bench.record("k", "v"));
    List<Object> seen = new ArrayList<>();
    Algo<String, Object> looking =
        (text, context) -> {
          seen.add(context.position());
          seen.add(context.attempt());
          seen.add(context.traceId());
          return text;
        };
    process(bench, retryRoute(bench, looking), read(last(bench))).assertSettled(Outcome.WRITTEN);
    ProducerRecord<byte[], byte[]> retried = last(bench);
    process(bench, bench.route(looking), Bench.record("k", "v")).assertSettled(Outcome.WRITTEN);
    RecordPosition origin =
        new RecordPosition(Bench.INPUT_TOPIC, Bench.PARTITION, Bench.OFFSET, 1_700_000_000_000L);
    assertThat(seen).containsExactly(origin, 2, seen.get(2), origin, 1, seen.get(2));
    assertThat(Arrays.toString(retried.headers().toArray()))
        .as("as if it had not failed: trace, file name and all")
        .isEqualTo(Arrays.toString(last(bench).headers().toArray()));
    assertThat(header(retried, "fileName")).isEqualTo("t.orders-2-41");
  }

  /** It knows seconds, and neither group nor executions nor origin. */
  @Test
  void aSidecarsRetryIsItsOwnOrigin() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:3", "2:1m:1");
    Headers headers =
        Bench.headers("retryStepIndex", "1", "retryNum", "3", "retryTimestamp", "1700000000");
    ConsumerRecord<byte[], byte[]> sidecars =
        read("t.orders.30s", 1, 99, new byte[] {1}, "v".getBytes(UTF_8), headers);
    Route route = retryRoute(bench, failing());
    assertThat(route.isForeign(sidecars)).isFalse();
    process(bench, route, sidecars).assertSettled(Outcome.RETRIED);
    ProducerRecord<byte[], byte[]> next = last(bench);
    assertThat(next.topic()).isEqualTo("t.orders.1m");
    assertThat(header(next, "retryAttempt")).as("three before, and this").isEqualTo("4");
    assertThat(header(next, "originTopic")).isEqualTo("t.orders");
    assertThat(header(next, "originPartition")).isEqualTo("1");
    assertThat(header(next, "originOffset")).isEqualTo("99");
    process(bench, route, read(next)).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(header(last(bench), "dlqAttempts")).isEqualTo("5");
    assertThat(header(last(bench), "dlqTopic")).isEqualTo("t.orders");
    assertThat(header(last(bench), "dlqOffset")).isEqualTo("99");
    assertThat(header(last(bench), "traceID")).isEqualTo(header(next, "traceID"));
  }

  @Test
  void aRetryWithoutATraceHasThatOfItsOrigin() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:1");
    process(bench, bench.route(failing()), Bench.record("k", "v"));
    ProducerRecord<byte[], byte[]> sent = last(bench);
    String trace = header(sent, "traceID");
    sent.headers().remove("traceID");
    process(bench, retryRoute(bench, failing()), read(sent)).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(header(last(bench), "traceID")).isEqualTo(trace).hasSize(32);
  }

  @Test
  void whatAnInputTopicsRecordSaysOfRetriesIsIgnored() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:3");
    Headers headers =
        Bench.headers(
            "retryStepIndex", "1",
            "retryNum", "3",
            "retryAttempt", "9",
            "retryGroup", "another",
            "originTopic", "elsewhere",
            "originPartition", "0",
            "originOffset", "0");
    ConsumerRecord<byte[], byte[]> record = Bench.record("k", "v", headers);
    Route route = bench.route(failing());
    assertThat(route.isForeign(record)).isFalse();
    process(bench, route, record).assertSettled(Outcome.RETRIED);
    assertThat(header(last(bench), "retryNum")).isEqualTo("1");
    assertThat(header(last(bench), "retryAttempt")).isEqualTo("1");
    assertThat(header(last(bench), "retryGroup")).isEqualTo("algorun-g");
    assertThat(header(last(bench), "originTopic")).isEqualTo(Bench.INPUT_TOPIC);
    assertThat(header(last(bench), "originOffset")).isEqualTo("41");
  }

  @Test
  void malformedHeadersBeginAnewAndNeverHarmTheRecord() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:3");
    Headers headers =
        Bench.headers("retryStepIndex", "one", "retryNum", "1", "originPartition", "no number");
    ConsumerRecord<byte[], byte[]> record =
        read("t.orders.30s", 1, 99, null, "v".getBytes(UTF_8), headers);
    process(bench, retryRoute(bench, failing()), record).assertSettled(Outcome.RETRIED);
    assertThat(header(last(bench), "retryStepIndex")).isEqualTo("1");
    assertThat(header(last(bench), "retryNum")).isEqualTo("1");
    assertThat(header(last(bench), "originOffset")).isEqualTo("99");
  }

  @Test
  void whatIsNoMatterOfLuckIsNotRetried() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:3").inputCodec(Codec.json(Integer.class));
    process(bench, bench.route(failing()), Bench.record("k", "no number"))
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(header(bench.onlyDeadLetter(), "dlqAttempts")).isEqualTo("0");
  }

  @Test
  void aRetryThatDoesNotDecodeIsDeadLetteredByteByByte() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:3").inputCodec(Codec.json(Integer.class));
    Headers headers =
        Bench.headers(
            "retryStepIndex", "1",
            "retryNum", "2",
            "originTopic", Bench.INPUT_TOPIC,
            "originPartition", "3",
            "originOffset", "7",
            "originTimestamp", "5");
    byte[] value = {(byte) 0xff, (byte) 0xfe};
    process(
            bench,
            retryRoute(bench, failing()),
            read("t.orders.30s", 1, 99, new byte[] {9}, value, headers))
        .assertSettled(Outcome.DEAD_LETTERED);
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(letter.value()).isSameAs(value);
    assertThat(letter.key()).containsExactly(9);
    assertThat(letter.partition()).isEqualTo(3);
    assertThat(header(letter, "dlqAttempts")).as("as often as it was executed").isEqualTo("2");
    assertThat(header(letter, "dlqOffset")).isEqualTo("7");
    assertThat(header(letter, "dlqTimestamp")).isEqualTo("5");
  }

  // What cannot be written

  @Test
  void aTopicThatIsNotThereYetIsWaitedFor() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:1");
    RetryTopics none = new RetryTopics();
    Bench late = bench.rules(through(none));
    RecordingSettlement settlement = process(late, late.route(failing()), Bench.record("k", "v"));
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().what()).contains("t.orders-2@41", "t.orders.30s");
    none.refuse("t.orders.30s", "this user may not write to it");
    settlement.retryLast();
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().again()).isTrue();
    assertThat(settlement.lastBlockage().what()).contains("this user may not write to it");
    assertThat(bench.producer.history()).isEmpty();
    none.add("t.orders.30s", 4);
    settlement.retryLast();
    settlement.assertSettled(Outcome.RETRIED);
    assertThat(bench.producer.history()).hasSize(1);
  }

  private FailureRules through(RetryTopics topics) {
    return new FailureRules(
        Map.of(
            Bench.INPUT_TOPIC,
            new FailureRules.Input(
                RetryStrategyKind.RETRY_TOPICS,
                new StepRetryPolicyProvider().create(plan),
                Optional.of(
                    new FailureRules.Through(
                        Map.of(1, "t.orders.30s"), topics, HEADERS, InstantSource.fixed(NOW))))),
        new FailureClasses(),
        (step, num) -> {});
  }

  @Test
  void aRefusedWriteHaltsAndIsWrittenWhenItCanBe() {
    Bench bench = retrying(Bench.manual(), "1:30s:1");
    AtomicInteger executions = new AtomicInteger();
    Algo<String, Object> counted =
        (text, context) -> {
          throw new IllegalStateException("execution " + executions.incrementAndGet());
        };
    RecordingSettlement settlement = process(bench, bench.route(counted), Bench.record("k", "v"));
    bench.producer.errorNext(new TopicAuthorizationException("no"));
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().what()).contains("t.orders.30s", "t.orders-2@41");
    settlement.retryLast();
    bench.producer.completeNext();
    settlement.assertSettled(Outcome.RETRIED);
    assertThat(executions).hasValue(1);
    assertThat(bench.sent("t.orders.30s")).hasSize(2);
  }

  @Test
  void whatIsTooLargeHaltsAndSaysWhatToDo() {
    Bench bench = retrying(Bench.manual(), "1:30s:1");
    RecordingSettlement settlement = process(bench, bench.route(failing()), Bench.record("k", "v"));
    bench.producer.errorNext(new RecordTooLargeException("no"));
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().what())
        .contains("t.orders-2@41", "t.orders.30s", "max.message.bytes", "64 KiB");
    settlement.retryLast();
    bench.producer.completeNext();
    settlement.assertSettled(Outcome.RETRIED);
  }

  @Test
  void anUnackedWriteIsNoOutcome() {
    Bench bench = retrying(Bench.manual(), "1:30s:1");
    RecordingSettlement settlement = process(bench, bench.route(failing()), Bench.record("k", "v"));
    settlement.assertWithoutOutcome(0);
    bench.producer.completeNext();
    settlement.assertSettled(Outcome.RETRIED);
  }

  @Test
  void aTransactionTakesTheRetry() {
    Bench bench = retrying(Bench.manual().transactional(), "1:30s:1");
    RecordingSettlement settlement = process(bench, bench.route(failing()), Bench.record("k", "v"));
    settlement.assertWithoutOutcome(0);
    assertThat(settlement.isPrepared()).isTrue();
    assertThat(bench.producer.history()).isEmpty();
  }

  // Gathers

  private static Gathered gathered(Route route, String... values) {
    List<Gathered.Held> held = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      held.add(
          new Gathered.Held(
              route,
              read(
                  Bench.INPUT_TOPIC,
                  Bench.PARTITION,
                  i,
                  ("key-" + i).getBytes(UTF_8),
                  values[i].getBytes(UTF_8),
                  Bench.headers("run", "false", "traceID", "t"))));
    }
    return new Gathered(held, false, Gathered.State.WHOLE);
  }

  private RecordingSettlement gather(Bench bench, String... values) {
    RecordingSettlement settlement = new RecordingSettlement();
    Route route = bench.route(failing());
    bench
        .processor()
        .gather(
            route,
            Bench.record("k", "trigger", Bench.headers("traceID", "t")),
            gathered(route, values),
            settlement,
            RecordingSettlement.INDEX,
            Bench.NEVER_PENDING);
    return settlement;
  }

  private static String values(List<ProducerRecord<byte[], byte[]>> records) {
    return records.stream().map(Bench::value).collect(Collectors.joining(" "));
  }

  @Test
  void aGatherIsHandedOverWholeTheTriggerLast() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:1");
    gather(bench, "a", "b").assertSettled(Outcome.RETRIED);
    List<ProducerRecord<byte[], byte[]>> sent = bench.producer.history();
    assertThat(values(sent)).isEqualTo("a b trigger");
    assertThat(sent).extracting(ProducerRecord::topic).containsOnly("t.orders.30s");
    assertThat(sent).extracting(ProducerRecord::partition).containsOnly(Bench.PARTITION);
    assertThat(sent)
        .extracting(record -> header(record, "run"))
        .containsExactly("false", "false", "-");
    assertThat(sent)
        .extracting(record -> header(record, "originOffset"))
        .containsExactly("0", "1", "41");
    assertThat(sent).extracting(record -> header(record, "retryAttempt")).containsOnly("1");
  }

  /** Were they written at once, one that is refused would come to lie behind its trigger. */
  @Test
  void noRecordOfAGatherIsWrittenBeforeThoseInFrontOfIt() {
    Bench bench = retrying(Bench.manual(), "1:30s:1");
    RecordingSettlement settlement = gather(bench, "a", "b");
    assertThat(values(bench.producer.history())).isEqualTo("a");
    bench.producer.errorNext(new TopicAuthorizationException("no"));
    settlement.assertWithoutOutcome(1);
    settlement.retryLast();
    assertThat(values(bench.producer.history())).isEqualTo("a a");
    bench.producer.completeNext();
    assertThat(values(bench.producer.history())).isEqualTo("a a b");
    bench.producer.completeNext();
    settlement.assertWithoutOutcome(0);
    assertThat(values(bench.producer.history())).isEqualTo("a a b trigger");
    bench.producer.completeNext();
    settlement.assertSettled(Outcome.RETRIED);
  }

  @Test
  void aGatherInATransactionIsPreparedAsAWhole() {
    Bench bench = retrying(Bench.manual().transactional(), "1:30s:1");
    RecordingSettlement settlement = gather(bench, "a", "b");
    assertThat(settlement.isPrepared()).isTrue();
  }

  @Test
  void aGatherStaysTogetherWhereTheTopicHasFewerPartitions() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:1");
    known.add("t.orders.30s", 2);
    gather(bench, "a", "b").assertSettled(Outcome.RETRIED);
    assertThat(bench.producer.history()).extracting(ProducerRecord::partition).containsOnly(0);
  }

  /** A gather over two inputs is retried through one topic; each record stays its input's. */
  @Test
  void aRecordOfARetriedGatherIsStillItsOwnInputs() {
    Bench bench = retrying(Bench.acknowledging(), "1:30s:1");
    List<String> inputs = new ArrayList<>();
    Algo<String, Object> looking =
        (text, context) -> {
          context.gathered().forEach(each -> inputs.add(each.input() + " " + each.position()));
          return text;
        };
    Route orders = bench.route(looking);
    Route others =
        new Route(
            new Route.Input("others", orders.contentTypes, null),
            "t.others",
            Codec.text(),
            new AlgoForm.Sync(looking),
            Optional.empty(),
            bench.counters);
    Route retries =
        orders.retries(
            new RetriedRecords(
                HEADERS,
                plan,
                topic -> topic.equals("t.others") ? Optional.of(others) : Optional.empty()));
    Headers held =
        Bench.headers(
            "run", "false",
            "traceID", "t",
            "retryStepIndex", "1",
            "retryNum", "1",
            "originTopic", "t.others",
            "originPartition", "2",
            "originOffset", "3",
            "originTimestamp", "4");
    RecordingSettlement settlement = new RecordingSettlement();
    bench
        .processor()
        .gather(
            retries,
            read(
                "t.orders.30s",
                2,
                9,
                null,
                "v".getBytes(UTF_8),
                Bench.headers("traceID", "t", "retryStepIndex", "1", "retryNum", "1")),
            new Gathered(
                List.of(
                    new Gathered.Held(
                        retries, read("t.orders.30s", 2, 8, null, "h".getBytes(UTF_8), held))),
                false,
                Gathered.State.WHOLE),
            settlement,
            RecordingSettlement.INDEX,
            Bench.NEVER_PENDING);
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(inputs).containsExactly("others t.others-2@3", "orders t.orders-2@9");
  }

  @Test
  void theNextTryGoesOnFromTheContextOfThisOne() {
    InMemorySpanExporter exporter = InMemorySpanExporter.create();
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build()) {
      OpenTelemetrySdk openTelemetry =
          OpenTelemetrySdk.builder()
              .setTracerProvider(provider)
              .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
              .build();
      Bench bench =
          retrying(Bench.acknowledging(), "1:1s:1")
              .instance(LogContext.none(), OtelTracing.of(openTelemetry, "g", "i"));
      process(
              bench,
              bench.route(failing()),
              Bench.record(
                  "k",
                  "v",
                  Bench.headers(
                      "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")))
          .assertSettled(Outcome.RETRIED);
      SpanData first = exporter.getFinishedSpanItems().get(0);
      assertThat(first.getParentSpanId()).isEqualTo("b7ad6b7169203331");
      ProducerRecord<byte[], byte[]> retry = last(bench);
      assertThat(retry.headers().headers("traceparent")).hasSize(1);
      assertThat(Bench.header(retry, "traceparent"))
          .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-" + first.getSpanId() + "-01");

      process(bench, retryRoute(bench, failing()), read(retry))
          .assertSettled(Outcome.DEAD_LETTERED);
      SpanData second = exporter.getFinishedSpanItems().get(1);
      assertThat(second.getParentSpanId()).isEqualTo(first.getSpanId());
      assertThat(second.getAttributes().get(AttributeKey.stringKey("messaging.destination.name")))
          .isEqualTo(retry.topic());
      assertThat(second.getAttributes().get(AttributeKey.longKey("algorun.attempt"))).isEqualTo(2);
      assertThat(Bench.header(last(bench), "traceparent")).contains("-" + second.getSpanId() + "-");
    }
  }
}
