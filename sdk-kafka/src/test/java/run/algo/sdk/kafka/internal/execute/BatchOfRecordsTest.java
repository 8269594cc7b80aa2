package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Batches, and the records in them, each of which has an outcome of its own. */
class BatchOfRecordsTest {

  private final Bench bench = Bench.acknowledging();
  private final List<RecordingSettlement> settlements = new ArrayList<>();

  @AfterEach
  void leaveNoInterruptBehind() {
    assertThat(Thread.interrupted()).as("interrupt left by the test").isFalse();
  }

  private void process(BatchAlgo<String, Object> algo, String... values) {
    List<BatchEntry> entries = new ArrayList<>();
    for (String value : values) {
      entries.add(entry(value));
    }
    process(algo, entries);
  }

  private void process(BatchAlgo<String, Object> algo, List<BatchEntry> entries) {
    Progress progress =
        bench
            .processor()
            .processBatch(bench.route(new AlgoForm.Batch(algo)), entries, Bench.NEVER_PENDING);
    assertThat(progress).isEqualTo(Progress.ENDED);
  }

  /** The next record; it comes from the offset after the one before. */
  private BatchEntry entry(String value, String... headers) {
    RecordingSettlement settlement = new RecordingSettlement();
    settlements.add(settlement);
    return new BatchEntry(
        record(settlements.size() - 1, value, Bench.headers(headers)),
        settlement,
        RecordingSettlement.INDEX);
  }

  private static ConsumerRecord<byte[], byte[]> record(
      long offset, String value, RecordHeaders headers) {
    ConsumerRecord<byte[], byte[]> record = Bench.record("k" + offset, value, headers);
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        offset,
        record.timestamp(),
        TimestampType.CREATE_TIME,
        0,
        0,
        record.key(),
        record.value(),
        headers,
        Optional.empty());
  }

  private void assertSettled(Outcome... outcomes) {
    assertThat(settlements).hasSameSizeAs(outcomes);
    for (int i = 0; i < outcomes.length; i++) {
      settlements.get(i).assertSettled(outcomes[i]);
    }
  }

  private List<String> written(String topic) {
    return bench.sent(topic).stream().map(Bench::value).toList();
  }

  private ProducerRecord<byte[], byte[]> letter(String value) {
    return bench.sent(Bench.DEAD_LETTER_TOPIC).stream()
        .filter(letter -> Bench.value(letter).equals(value))
        .reduce(
            (one, other) -> {
              throw new AssertionError("two dead letters of " + value);
            })
        .orElseThrow(() -> new AssertionError("no dead letter of " + value));
  }

  private void assertLetter(String value, String reason, int attempts, Class<?> exception) {
    ProducerRecord<byte[], byte[]> letter = letter(value);
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo(reason);
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("" + attempts);
    assertThat(Bench.header(letter, "dlqExceptionClass")).isEqualTo(exception.getName());
  }

  @Test
  void eachRecordIsCompletedByItselfAndWrittenInTheOrderOfTheBatch() {
    process(
        records -> {
          assertThat(records).extracting(BatchRecord::value).containsExactly("a", "b", "c", "d");
          assertThat(records)
              .extracting(record -> record.context().position().offset())
              .containsExactly(0L, 1L, 2L, 3L);
          records.get(2).complete();
          records.get(3).complete("D");
          records.get(1).context().emit(Bench.SIDE, "b-side");
          records.get(1).complete("B");
          records.get(0).context().emit(Bench.SIDE, "a-side");
          records.get(0).complete(null);
          assertThat(bench.producer.history()).as("sent after the batch's run").isEmpty();
        },
        "a",
        "b",
        "c",
        "d");
    assertSettled(Outcome.WRITTEN, Outcome.WRITTEN, Outcome.FILTERED, Outcome.WRITTEN);
    assertThat(bench.producer.history())
        .extracting(Bench::value)
        .containsExactly("a-side", "b-side", "B", "D");
    assertThat(bench.producer.history())
        .extracting(Bench::key)
        .containsExactly("k0", "k1", "k1", "k3");
    assertThat(settlements)
        .extracting(RecordingSettlement::emitted)
        .containsExactly(2L + 6, 4L + 6 + 1, 0L, 2L + 1);
  }

  @Test
  void theListCannotBeChanged() {
    process(
        records -> {
          assertThatThrownBy(() -> records.remove(0))
              .isInstanceOf(UnsupportedOperationException.class);
          records.get(0).complete();
        },
        "a");
    assertSettled(Outcome.FILTERED);
  }

  @Test
  void someFailAndTheOthersDoNot() {
    process(
        records -> {
          for (BatchRecord<String, Object> record : records) {
            record.context().emit(Bench.SIDE, record.value());
            if (record.value().startsWith("bad")) {
              record.fail(new NonRetriableException(record.value() + " is bad"));
            } else {
              record.complete(record.value() + "!");
            }
          }
        },
        "bad1",
        "good1",
        "bad2",
        "good2");
    assertSettled(Outcome.DEAD_LETTERED, Outcome.WRITTEN, Outcome.DEAD_LETTERED, Outcome.WRITTEN);
    assertThat(written(Bench.SIDE_TOPIC)).containsExactly("good1", "good2");
    assertThat(written(Bench.RESULT_TOPIC)).containsExactly("good1!", "good2!");
    assertLetter("bad1", "algo", 1, NonRetriableException.class);
    assertLetter("bad2", "algo", 1, NonRetriableException.class);
    assertThat(Bench.header(letter("bad2"), "dlqExceptionMessage")).isEqualTo("bad2 is bad");
    assertThat(bench.counters.algoErrors()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("run.algo.sdk.kafka.internal.execute.FailedRecordTest#throwables")
  void whatTheRunThrowsFailsTheRecordsThatAreNotSettledByThen(Throwable thrown) {
    process(
        records -> {
          records.get(0).complete("A");
          records.get(1).fail(new UnsupportedOperationException("of its own"));
          records.get(2).context().emit(Bench.SIDE, "must not be written");
          throw FailedRecordTest.<RuntimeException>sneaky(thrown);
        },
        "a",
        "b",
        "c",
        "d");
    assertSettled(
        Outcome.WRITTEN, Outcome.DEAD_LETTERED, Outcome.DEAD_LETTERED, Outcome.DEAD_LETTERED);
    assertThat(written(Bench.RESULT_TOPIC)).containsExactly("A");
    assertThat(written(Bench.SIDE_TOPIC)).isEmpty();
    assertLetter("b", "algo", 1, UnsupportedOperationException.class);
    assertLetter("c", "algo", 1, thrown.getClass());
    assertLetter("d", "algo", 1, thrown.getClass());
    assertThat(bench.counters.algoErrors()).isEqualTo(3);
  }

  @Test
  void aRecordThatIsForgottenHasFailed() {
    process(records -> records.get(0).complete("A"), "a", "b");
    assertSettled(Outcome.WRITTEN, Outcome.DEAD_LETTERED);
    assertLetter("b", "algo", 1, IllegalStateException.class);
    assertThat(Bench.header(letter("b"), "dlqExceptionMessage"))
        .contains("without completing or failing", "t.orders-2@1");
  }

  static Stream<Consumer<BatchRecord<String, Object>>> settlingCalls() {
    return Stream.of(
        record -> record.complete(),
        record -> record.complete("again"),
        record -> record.fail(new IllegalArgumentException("again")));
  }

  @ParameterizedTest
  @MethodSource("settlingCalls")
  void theFirstSettlementCountsAndFurtherOnesAreRefused(
      Consumer<BatchRecord<String, Object>> again) {
    process(
        records -> {
          records.get(0).complete("A");
          records.get(1).fail(new UnsupportedOperationException());
          for (BatchRecord<String, Object> record : records) {
            assertThatThrownBy(() -> again.accept(record))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("settled already");
            assertThatThrownBy(() -> record.context().emit(Bench.SIDE, "after"))
                .isInstanceOf(IllegalStateException.class);
          }
        },
        "a",
        "b");
    assertSettled(Outcome.WRITTEN, Outcome.DEAD_LETTERED);
    assertThat(written(Bench.RESULT_TOPIC)).containsExactly("A");
    assertThat(written(Bench.SIDE_TOPIC)).isEmpty();
    assertLetter("b", "algo", 1, UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @MethodSource("settlingCalls")
  void aSettlementAfterTheRunIsRefused(Consumer<BatchRecord<String, Object>> late) {
    AtomicReference<BatchRecord<String, Object>> kept = new AtomicReference<>();
    process(records -> kept.set(records.get(0)), "a");
    assertThatThrownBy(() -> late.accept(kept.get())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> kept.get().context().emit(Bench.SIDE, "late"))
        .isInstanceOf(IllegalStateException.class);
    assertSettled(Outcome.DEAD_LETTERED);
  }

  @Test
  void aFailureNeedsItsCause() {
    process(
        records -> {
          assertThatThrownBy(() -> records.get(0).fail(null))
              .isInstanceOf(NullPointerException.class);
          records.get(0).complete("still open");
        },
        "a");
    assertSettled(Outcome.WRITTEN);
  }

  @Test
  void aLateSettlementIsRefusedOrCountsNeverLost() throws Exception {
    long seed = 20240601;
    Random random = new Random(seed);
    ExecutorService author = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 3000; round++) {
        int authorSpins = random.nextInt(300);
        int workerSpins = random.nextInt(300);
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicReference<Future<Boolean>> accepted = new AtomicReference<>();
        settlements.clear();
        bench.producer.clear();
        process(
            records -> {
              accepted.set(
                  author.submit(
                      () -> {
                        together.await();
                        spin(authorSpins);
                        try {
                          records.get(0).context().emit(Bench.SIDE, "emitted");
                          records.get(0).complete("result");
                          return true;
                        } catch (IllegalStateException e) {
                          return false;
                        }
                      }));
              together.await();
              spin(workerSpins);
            },
            "a");
        boolean counts = accepted.get().get(30, TimeUnit.SECONDS);
        String where = "seed " + seed + ", round " + round;
        assertSettled(counts ? Outcome.WRITTEN : Outcome.DEAD_LETTERED);
        assertThat(bench.producer.history())
            .as(where)
            .extracting(Bench::value)
            .isEqualTo(counts ? List.of("emitted", "result") : List.of("a"));
      }
    } finally {
      author.shutdownNow();
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aRecordThatDoesNotReachTheAlgoFailsByItself() {
    bench
        .inputCodec(
            new AsyncRecordTest.Text() {
              @Override
              public String decode(byte[] bytes) {
                String text = super.decode(bytes);
                if (text.equals("broken")) {
                  throw new AssertionError("not of this format");
                }
                return text;
              }
            })
        .contentTypes(ContentTypeCheck.REJECT, "text/plain");
    process(
        records -> {
          assertThat(records).extracting(BatchRecord::value).containsExactly("a", "d", "e");
          assertThat(records.get(1).context().parameters().intValue("limit")).isEqualTo(7);
          records.forEach(record -> record.complete(record.value() + "!"));
        },
        List.of(
            entry("a"),
            entry("broken"),
            entry("picture", "contentType", "image/png"),
            entry("d", "endpointParams", "limit=7"),
            entry("e"),
            entry("no int", "endpointParams", "limit=high")));
    assertSettled(
        Outcome.WRITTEN,
        Outcome.DEAD_LETTERED,
        Outcome.DEAD_LETTERED,
        Outcome.WRITTEN,
        Outcome.WRITTEN,
        Outcome.DEAD_LETTERED);
    assertThat(written(Bench.RESULT_TOPIC)).containsExactly("a!", "d!", "e!");
    assertLetter("broken", "decode", 0, AssertionError.class);
    assertLetter("picture", "content-type", 0, IllegalArgumentException.class);
    assertThat(Bench.header(letter("no int"), "dlqReason")).isEqualTo("parameters");
    assertThat(bench.counters.algoDurations().count()).isEqualTo(3);
  }

  @Test
  void anEmptyBatchIsNotExecuted() {
    bench.inputCodec(
        new AsyncRecordTest.Text() {
          @Override
          public String decode(byte[] bytes) {
            throw new IllegalArgumentException("never");
          }
        });
    AtomicInteger runs = new AtomicInteger();
    process(records -> runs.incrementAndGet(), "a", "b");
    assertThat(runs).hasValue(0);
    assertSettled(Outcome.DEAD_LETTERED, Outcome.DEAD_LETTERED);
  }

  @Test
  void aResultThatDoesNotEncodeFailsItsRecordAlone() {
    bench.resultCodec(
        new AsyncRecordTest.Text() {
          @Override
          public byte[] encode(String value) {
            if (value.equals("b")) {
              throw new IllegalStateException("cannot write b");
            }
            return super.encode(value);
          }
        });
    process(
        records -> {
          for (BatchRecord<String, Object> record : records) {
            record.context().emit(Bench.SIDE, record.value());
            record.complete(record.value());
          }
        },
        "a",
        "b",
        "c");
    assertSettled(Outcome.WRITTEN, Outcome.DEAD_LETTERED, Outcome.WRITTEN);
    assertLetter("b", "encode", 1, IllegalStateException.class);
    assertThat(written(Bench.SIDE_TOPIC)).containsExactly("a", "c");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyRecordCountsTheWholeDurationOnce(boolean fails) {
    process(
        records -> {
          long begin = System.nanoTime();
          while (System.nanoTime() - begin < 2_000_000) {
            Thread.onSpinWait();
          }
          if (fails) {
            throw new IllegalStateException();
          }
          records.forEach(BatchRecord::complete);
        },
        "a",
        "b",
        "c");
    assertThat(bench.counters.algoDurations().count()).isEqualTo(3);
    assertThat(bench.counters.algoDurations().sumSeconds()).isGreaterThanOrEqualTo(0.006);
  }

  @Test
  void aFailureThatHaltsDoesNotHinderTheOthers() {
    bench.haltOnFailure();
    process(
        records -> {
          records.get(0).fail(new IllegalStateException("first"));
          records.get(1).complete("B");
        },
        "a",
        "b");
    settlements.get(0).assertWithoutOutcome(1);
    settlements.get(1).assertSettled(Outcome.WRITTEN);
  }

  @Test
  void aDefectHaltsItsRecordAndTheOthersGoOn() {
    AtomicReference<RuntimeException> defect =
        new AtomicReference<>(new UnsupportedOperationException("a defect"));
    bench.resultCodec(
        new AsyncRecordTest.Text() {
          @Override
          public byte[] encode(String value) {
            bench.producer.sendException = defect.getAndSet(null);
            return super.encode(value);
          }
        });
    process(records -> records.forEach(record -> record.complete("x")), "a", "b");
    settlements.get(0).assertWithoutOutcome(1);
    assertThat(settlements.get(0).lastBlockage().what()).isEqualTo("an error within the SDK");
    settlements.get(1).assertSettled(Outcome.WRITTEN);
  }

  @Test
  void anInterruptWhileClosingLeavesTheRecordsWithoutOutcome() {
    assertThatThrownBy(
            () ->
                process(
                    records -> {
                      records.get(0).complete("A");
                      bench.closing.set(true);
                      throw new InterruptedException();
                    },
                    "a",
                    "b"))
        .isInstanceOf(InterruptException.class);
    assertThat(Thread.interrupted()).as("the worker ends").isTrue();
    settlements.forEach(settlement -> settlement.assertWithoutOutcome(0));
    assertThat(bench.producer.history()).isEmpty();
  }

  @Test
  void aStrayInterruptReachesNobody() {
    process(
        records -> {
          records.get(0).complete("A");
          Thread.currentThread().interrupt();
        },
        "a");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertSettled(Outcome.WRITTEN);
  }

  @Test
  void theFormsAreNotMixedUp() {
    assertThatThrownBy(
            () ->
                bench
                    .processor()
                    .processBatch(
                        bench.route((input, context) -> input),
                        List.of(entry("a")),
                        Bench.NEVER_PENDING))
        .isInstanceOf(IllegalStateException.class);
    RecordingSettlement single = new RecordingSettlement();
    Progress progress =
        bench
            .processor()
            .process(
                bench.route(new AlgoForm.Batch(records -> {})),
                Bench.record("k", "v"),
                single,
                RecordingSettlement.INDEX,
                Bench.NEVER_PENDING);
    assertThat(progress).isEqualTo(Progress.ENDED);
    single.assertWithoutOutcome(1);
  }
}
