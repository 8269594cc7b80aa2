package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Records that fail before anything of them is sent. */
class FailedRecordTest {

  @AfterEach
  void leaveNoInterruptBehind() {
    assertThat(Thread.interrupted()).as("interrupt left by the test").isFalse();
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("x"),
        new Exception("checked"),
        new NonRetriableException("never"),
        new StackOverflowError(),
        new SimulatedOutOfMemory(),
        new AssertionError("x"),
        new NoClassDefFoundError("x"),
        new InterruptedException("not by the runner"),
        new Throwable("neither"));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void whateverTheAlgoThrowsFailsItsRecordAlone(Throwable thrown) {
    Bench bench = Bench.acknowledging();
    RecordingSettlement settlement =
        bench.runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "must not be written");
              throw FailedRecordTest.<RuntimeException>sneaky(thrown);
            });

    settlement.assertSettled(Outcome.DEAD_LETTERED);
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo("algo");
    assertThat(Bench.header(letter, "dlqExceptionClass")).isEqualTo(thrown.getClass().getName());
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("1");
    assertThat(bench.counters.algoErrors()).isEqualTo(1);
    assertThat(bench.counters.runnerErrors()).isZero();
  }

  @Test
  void aRealStackOverflowFailsItsRecordAlone() {
    Bench bench = Bench.acknowledging();
    bench.runText((text, context) -> endless(0)).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqExceptionClass"))
        .isEqualTo("java.lang.StackOverflowError");
    bench.runText((text, context) -> text).assertSettled(Outcome.WRITTEN);
  }

  @Test
  void anExceptionThatCannotBePrintedStillHasADeadLetter() {
    Bench bench = Bench.acknowledging();
    bench
        .runText(
            (text, context) -> {
              throw new IllegalStateException("outer", new Unprintable());
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqExceptionMessage")).isEqualTo("outer");
  }

  @Test
  void anExceptionThatCannotBePrintedStillHalts() {
    Bench bench = Bench.acknowledging().haltOnFailure();
    RecordingSettlement settlement =
        bench.runText(
            (text, context) -> {
              throw new Unprintable();
            });
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().cause().toString()).contains(Unprintable.class.getName());
  }

  @Test
  void theDeadLetterIsTheRecordByteByByte() {
    Bench bench = Bench.acknowledging();
    ConsumerRecord<byte[], byte[]> record =
        Bench.record("key", "välue", Bench.headers("traceID", "t1", "user", "u"));
    bench.runText(record, failing()).assertSettled(Outcome.DEAD_LETTERED);

    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(letter.key()).isEqualTo("key".getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo("välue".getBytes(UTF_8));
    assertThat(letter.partition()).isEqualTo(Bench.PARTITION);
    assertThat(Bench.header(letter, "traceID")).isEqualTo("t1");
    assertThat(Bench.header(letter, "user")).isEqualTo("u");
    assertThat(Bench.header(letter, "originTopic")).isEqualTo(Bench.INPUT_TOPIC);
    assertThat(Bench.header(letter, "dlqOffset")).isEqualTo("41");
    assertThat(Bench.header(letter, "dlqGroup")).isEqualTo("algorun-g");
  }

  @Test
  void aNullKeyAndATombstoneStayWhatTheyAre() {
    Bench bench = Bench.acknowledging();
    bench.runText(Bench.record(null, null), failing()).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(bench.onlyDeadLetter().key()).isNull();
    assertThat(bench.onlyDeadLetter().value()).isNull();
  }

  @Test
  void theKeyDecidesWhereTheDeadLettersHaveFewerPartitions() {
    Bench bench = Bench.acknowledging();
    bench.deadLetters.add(Bench.INPUT_TOPIC, Bench.DEAD_LETTER_TOPIC, Bench.PARTITION);
    bench.runText(failing()).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(bench.onlyDeadLetter().partition()).isNull();
  }

  @Test
  void anAuthorsChangesToTheValueDoNotReachTheDeadLetter() {
    Bench bench = Bench.acknowledging().inputCodec(Codec.text());
    bench
        .runText(
            (text, context) -> {
              context.keyBytes().orElseThrow()[0] = 'X';
              throw new IllegalStateException();
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.key(bench.onlyDeadLetter())).isEqualTo("k");
  }

  @Test
  void aValueThatDoesNotDecodeIsNotExecuted() {
    Bench bench = Bench.acknowledging().inputCodec(Codec.json(Integer.class));
    bench.run(Bench.record("k", "no number"), (i, c) -> i).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(bench.executions).hasValue(0);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("decode");
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqAttempts")).isEqualTo("0");
    assertThat(bench.counters.algoErrors()).isZero();
    assertThat(bench.counters.runnerErrors()).isEqualTo(1);
  }

  @Test
  void aCodecMayRefuseTombstones() {
    Bench bench = Bench.acknowledging().inputCodec(new Strange());
    bench.runText(Bench.record("k", null), (t, c) -> t).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("decode");
    assertThat(bench.executions).hasValue(0);
  }

  @Test
  void aResultThatDoesNotEncodeTakesTheEmissionsWithIt() {
    Bench bench = Bench.acknowledging().resultCodec(new Strange());
    bench
        .runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "fine by itself");
              return text;
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("encode");
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqExceptionMessage")).isEqualTo("strange");
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqAttempts")).isEqualTo("1");
    assertThat(bench.counters.runnerErrors()).isEqualTo(1);
  }

  @Test
  void aResultOfAnotherTypeDoesNotEncode() {
    Bench bench = Bench.acknowledging();
    bench.runText((text, context) -> 42).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("encode");
  }

  @Test
  void whatIsTooLargeForItsTopicTakesAllWithItBeforeAnythingIsSent() {
    Bench bench = Bench.acknowledging().maxBytes(1000);
    bench
        .runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "small");
              return "x".repeat(1001);
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo("too-large");
    assertThat(Bench.header(letter, "dlqExceptionClass"))
        .isEqualTo("org.apache.kafka.common.errors.RecordTooLargeException");
    assertThat(Bench.header(letter, "dlqExceptionMessage"))
        .contains("result", Bench.RESULT_TOPIC, "1000", "max.message.bytes");
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("1");
  }

  @Test
  void headersCountForTheSize() {
    Bench bench = Bench.acknowledging().maxBytes(1000);
    ConsumerRecord<byte[], byte[]> heavy =
        Bench.record("k", "v", Bench.headers("user", "x".repeat(1000)));
    bench.runText(heavy, (text, context) -> text).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("too-large");
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqExceptionMessage"))
        .as("names the size that was compared")
        .containsPattern("record of 1[0-9]{3} bytes, more than the 1000");
  }

  @Test
  void aContentTypeIsRejected() {
    Bench bench =
        Bench.acknowledging().contentTypes(ContentTypeCheck.REJECT, "application/json", "text/*");
    bench
        .runText(Bench.record("k", "v", Bench.headers("contentType", "image/png")), (t, c) -> t)
        .assertSettled(Outcome.DEAD_LETTERED);
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo("content-type");
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("0");
    assertThat(Bench.header(letter, "dlqExceptionClass")).startsWith("java.lang.");
    assertThat(Bench.header(letter, "dlqExceptionMessage")).contains("image/png", "orders");
    assertThat(bench.executions).hasValue(0);

    bench
        .runText(Bench.record("k", "v", Bench.headers("contentType", "TEXT/csv;a=b")), (t, c) -> t)
        .assertSettled(Outcome.WRITTEN);
    bench.runText((t, c) -> c.contentType().orElseThrow()).assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history().get(2).value())
        .as("a record that names none has the first type listed")
        .isEqualTo("application/json".getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"image/png", "line\nbreak"})
  void aContentTypeIsOnlyWarnedOf(String type) {
    for (ContentTypeCheck check :
        new ContentTypeCheck[] {ContentTypeCheck.WARN, ContentTypeCheck.OFF}) {
      Bench bench = Bench.acknowledging().contentTypes(check, "text/plain");
      bench
          .runText(Bench.record("k", "v", Bench.headers("contentType", type)), (t, c) -> t)
          .assertSettled(Outcome.WRITTEN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=%zz", "limit=%", "limit=many", "limit=1;limit=2", "limit="})
  void malformedParametersFailTheRecord(String query) {
    Bench bench = Bench.acknowledging();
    bench
        .runText(Bench.record("k", "v", Bench.headers("endpointParams", query)), (t, c) -> t)
        .assertSettled(Outcome.DEAD_LETTERED);
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo("parameters");
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("0");
    assertThat(Bench.header(letter, "dlqExceptionMessage")).startsWith("endpointParams");
    assertThat(Bench.header(letter, "endpointParams")).isEqualTo(query);
    assertThat(bench.executions).hasValue(0);
  }

  @Test
  void haltLeavesTheRecordWhereItIs() {
    Bench bench = Bench.acknowledging().haltOnFailure();
    RecordingSettlement settlement = bench.runText(failing());
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().what()).contains("t.orders-2@41", "algo");
    assertThat(settlement.lastBlockage().retry()).as("only a restart helps").isEmpty();
    assertThat(bench.producer.history()).isEmpty();
  }

  @Test
  void refusedDeadLettersHalt() {
    Bench bench = Bench.acknowledging();
    RecordingSettlement settlement = new RecordingSettlement();
    DeadLetterTopics none = new DeadLetterTopics();
    none.refuse(Bench.INPUT_TOPIC);
    process(bench, none, settlement);
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().retry()).isEmpty();
  }

  @Test
  void deadLettersThatAreNotPreparedYetAreWaitedFor() {
    Bench bench = Bench.acknowledging();
    RecordingSettlement settlement = new RecordingSettlement();
    DeadLetterTopics late = new DeadLetterTopics();
    process(bench, late, settlement);

    settlement.assertWithoutOutcome(1);
    settlement.retryLast();
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().again()).isTrue();
    late.add(Bench.INPUT_TOPIC, Bench.DEAD_LETTER_TOPIC, 4);
    settlement.retryLast();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("algo");
  }

  @Test
  void deadLettersThatTurnOutToBeRefusedAreNotWaitedFor() {
    Bench bench = Bench.acknowledging();
    RecordingSettlement settlement = new RecordingSettlement();
    DeadLetterTopics late = new DeadLetterTopics();
    process(bench, late, settlement);
    late.refuse(Bench.INPUT_TOPIC);
    settlement.retryLast();
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().retry()).isEmpty();
  }

  @Test
  void anAlgoThatInterruptsItselfDoesNotHarmTheNextRecord() {
    Bench bench = Bench.acknowledging();
    bench
        .runText(
            (text, context) -> {
              Thread.currentThread().interrupt();
              return null;
            })
        .assertSettled(Outcome.FILTERED);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    bench
        .runText(
            (text, context) -> {
              Thread.currentThread().interrupt();
              throw new InterruptedException();
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    bench
        .runText((text, context) -> "" + Thread.currentThread().isInterrupted())
        .assertSettled(Outcome.WRITTEN);
    assertThat(Bench.value(bench.sent(Bench.RESULT_TOPIC).get(0))).isEqualTo("false");
  }

  @Test
  void anInterruptFromOutsideDoesNotReachTheNextExecution() {
    Bench bench = Bench.acknowledging();
    Thread.currentThread().interrupt();
    bench
        .runText((text, context) -> "" + Thread.currentThread().isInterrupted())
        .assertSettled(Outcome.WRITTEN);
    assertThat(Bench.value(bench.producer.history().get(0))).isEqualTo("false");
  }

  @Test
  void aSendThatIsInterruptedWithoutACloseIsSentAgain() {
    Bench bench = Bench.acknowledging();
    AtomicInteger encodings = new AtomicInteger();
    bench.resultCodec(
        new Strange() {
          @Override
          public byte[] encode(String value) {
            encodings.incrementAndGet();
            bench.interruptNextSend();
            return value.getBytes(UTF_8);
          }
        });
    RecordingSettlement settlement =
        bench.runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "x");
              return text;
            });
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(settlement.blockages()).isEmpty();
    assertThat(encodings).hasValue(1);
    assertThat(bench.producer.history()).extracting(Bench::value).containsExactly("x", "value");
  }

  @Test
  void anInterruptWhileClosingLeavesTheRecordWithoutOutcome() {
    Bench bench = Bench.acknowledging();
    RecordingSettlement settlement = new RecordingSettlement();
    Algo<String, Object> waiting =
        (text, context) -> {
          context.emit(Bench.SIDE, "x");
          bench.closing.set(true);
          throw new InterruptedException();
        };
    assertThatThrownBy(
            () ->
                bench
                    .processor()
                    .process(
                        bench.route(waiting),
                        Bench.record("k", "v"),
                        settlement,
                        RecordingSettlement.INDEX,
                        Bench.NEVER_PENDING))
        .isInstanceOf(InterruptException.class)
        .hasMessageContaining("t.orders-2@41");
    assertThat(Thread.interrupted()).as("the worker ends").isTrue();
    settlement.assertWithoutOutcome(0);
    assertThat(bench.producer.history()).isEmpty();
  }

  @Test
  void aFailureWhileClosingIsStillAFailure() {
    Bench bench = Bench.acknowledging();
    bench.closing.set(true);
    bench.runText(failing()).assertSettled(Outcome.DEAD_LETTERED);
  }

  private static void process(
      Bench bench, DeadLetterTopics topics, RecordingSettlement settlement) {
    RecordProcessors.create(
            new ExecutionScope(new Outputs(List.of(), Set.of()), "pod", () -> false),
            ContentTypeCheck.OFF,
            new ParameterResolver(List.of()),
            Sender.direct(bench.producer, Runnable::run),
            Optional.of(new RecordProcessors.DeadLetters(topics, new DeadLetterHeaders("g", "a"))))
        .process(
            bench.route(failing()),
            Bench.record("k", "v"),
            settlement,
            RecordingSettlement.INDEX,
            Bench.NEVER_PENDING);
  }

  private static Algo<String, Object> failing() {
    return (text, context) -> {
      throw new IllegalStateException("failing");
    };
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int endless(int depth) {
    return 1 + endless(depth + 1);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T extends Throwable> RuntimeException sneaky(Throwable t) throws T {
    throw (T) t;
  }

  /** Takes no tombstones and writes nothing. */
  private static class Strange implements Codec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes, UTF_8);
    }

    @Override
    public byte[] encode(String value) {
      throw new IllegalStateException("strange");
    }

    @Override
    public String decodeTombstone() {
      throw new IllegalStateException("no tombstones here");
    }
  }

  private static final class SimulatedOutOfMemory extends OutOfMemoryError {
    private static final long serialVersionUID = 1L;
  }

  private static final class Unprintable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("ask somebody else");
    }
  }
}
