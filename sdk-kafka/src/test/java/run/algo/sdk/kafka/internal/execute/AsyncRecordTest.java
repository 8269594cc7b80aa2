package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Records of an Algo that answers by a stage. */
class AsyncRecordTest {

  private final Bench bench = Bench.acknowledging();
  private final RecordingSettlement settlement = new RecordingSettlement();
  private final List<Runnable> resumed = new ArrayList<>();

  @AfterEach
  void leaveNoInterruptBehind() {
    assertThat(Thread.interrupted()).as("interrupt left by the test").isFalse();
  }

  private Progress process(AsyncAlgo<String, Object> algo) {
    return process("value", algo);
  }

  private Progress process(String value, AsyncAlgo<String, Object> algo) {
    return bench
        .processor()
        .process(
            bench.route(new AlgoForm.Async(algo)),
            Bench.record("k", value),
            settlement,
            RecordingSettlement.INDEX,
            (rest, nanos) -> resumed.add(rest));
  }

  /** What a worker does when the scope is told. */
  private void runRest() {
    assertThat(resumed).hasSize(1);
    resumed.get(0).run();
  }

  @Test
  void aStageThatIsCompleteEndsAtOnce() {
    Progress progress =
        process(
            (text, context) -> {
              context.emit(Bench.SIDE, "first");
              context.emit(Bench.SIDE, "second");
              return CompletableFuture.completedFuture(text + "!");
            });
    assertThat(progress).isEqualTo(Progress.ENDED);
    assertThat(resumed).isEmpty();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history())
        .extracting(Bench::value)
        .containsExactly("first", "second", "value!");
    assertThat(settlement.emitted()).isEqualTo(3 + "firstsecondvalue!".length());
  }

  @Test
  void aStageThatIsOpenHoldsNoThreadAndItsCompletionLeavesTheRestToAWorker() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    AtomicReference<String> encoded = new AtomicReference<>();
    bench.resultCodec(
        new Text() {
          @Override
          public byte[] encode(String value) {
            encoded.set(value);
            return super.encode(value);
          }
        });

    assertThat(process((text, context) -> stage)).isEqualTo(Progress.PENDING);
    assertThat(resumed).isEmpty();
    settlement.assertWithoutOutcome(0);

    stage.complete("later");
    assertThat(encoded).as("not encoded on the author's thread").hasNullValue();
    assertThat(bench.producer.history()).isEmpty();
    assertThat(settlement.emitted()).isZero();

    runRest();
    assertThat(encoded).hasValue("later");
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(settlement.emitted()).isEqualTo(1 + "later".length());
  }

  @Test
  void aStageThatCompletesWithNothingIsFiltered() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    process((text, context) -> stage);
    stage.complete(null);
    runRest();
    settlement.assertSettled(Outcome.FILTERED);
    assertThat(settlement.emitted()).isZero();
  }

  @Test
  void whatOtherThreadsEmitBeforeTheCompletionIsWrittenInOrder() throws Exception {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    AtomicReference<AlgoContext> context = new AtomicReference<>();
    process(
        (text, given) -> {
          given.emit(Bench.SIDE, "0");
          context.set(given);
          return stage;
        });
    for (int i = 1; i <= 3; i++) {
      String value = Integer.toString(i);
      Thread thread = new Thread(() -> context.get().emit(Bench.SIDE, value));
      thread.start();
      thread.join();
    }
    stage.complete("last");
    runRest();
    assertThat(bench.producer.history())
        .extracting(Bench::value)
        .containsExactly("0", "1", "2", "3", "last");
  }

  @Test
  void whatIsEmittedAfterTheCompletionIsRefused() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    AtomicReference<AlgoContext> context = new AtomicReference<>();
    process(
        (text, given) -> {
          context.set(given);
          return stage;
        });
    stage.complete("done");
    assertThatThrownBy(() -> context.get().emit(Bench.SIDE, "late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("t.orders-2@41 has ended");
    runRest();
    assertThatThrownBy(() -> context.get().emit(Bench.SIDE, "later"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(bench.producer.history()).extracting(Bench::value).containsExactly("done");
  }

  static Stream<Arguments> failures() {
    Throwable plain = new IllegalArgumentException("plain");
    Throwable fatal = new NonRetriableException("never");
    Throwable error = new StackOverflowError("deep");
    return Stream.of(
        Arguments.of(plain, plain),
        Arguments.of(fatal, fatal),
        Arguments.of(error, error),
        Arguments.of(new CompletionException(plain), plain),
        Arguments.of(new ExecutionException(new CompletionException(error)), error),
        Arguments.of(
            new CompletionException("no cause", null), new CompletionException("no cause", null)),
        Arguments.of(new Circular(), new Circular()),
        Arguments.of(new CancellationException("given up"), new CancellationException("given up")),
        Arguments.of(new InterruptedException("not ours"), new InterruptedException("not ours")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aStageThatFailsFailsItsRecord(Throwable failure, Throwable shown) {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    process(
        (text, context) -> {
          context.emit(Bench.SIDE, "must not be written");
          return stage;
        });
    stage.completeExceptionally(failure);
    settlement.assertWithoutOutcome(0);
    runRest();
    assertFailed(shown);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aStageThatHasFailedFailsItsRecordAtOnce(Throwable failure, Throwable shown) {
    CompletableFuture<Object> failed = new CompletableFuture<>();
    failed.completeExceptionally(failure);
    // What depends on a failed stage has its failure in an exception more.
    assertThat(process((text, context) -> failed.thenApply(value -> value)))
        .isEqualTo(Progress.ENDED);
    assertFailed(shown);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCancelledStageFailsItsRecord(boolean before) {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    Progress progress =
        process(
            (text, context) -> {
              if (before) {
                stage.cancel(true);
              }
              return stage;
            });
    if (!before) {
      assertThat(progress).isEqualTo(Progress.PENDING);
      stage.cancel(true);
      runRest();
    }
    assertFailed(new CancellationException());
  }

  @Test
  void anAlgoThatThrowsFailsItsRecord() {
    Throwable thrown = new NoClassDefFoundError("missing");
    Progress progress =
        process(
            (text, context) -> {
              context.emit(Bench.SIDE, "must not be written");
              throw FailedRecordTest.<RuntimeException>sneaky(thrown);
            });
    assertThat(progress).isEqualTo(Progress.ENDED);
    assertFailed(thrown);
  }

  @Test
  void anAlgoThatReturnsNoStageFailsItsRecord() {
    assertThat(process((text, context) -> null)).isEqualTo(Progress.ENDED);
    assertFailed(new IllegalStateException());
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqExceptionMessage"))
        .contains("null instead of a stage");
  }

  private void assertFailed(Throwable shown) {
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertThat(settlement.emitted()).isZero();
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo("algo");
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("1");
    assertThat(Bench.header(letter, "dlqExceptionClass")).isEqualTo(shown.getClass().getName());
    assertThat(bench.counters.algoErrors()).isEqualTo(1);
    assertThat(bench.counters.runnerErrors()).isZero();
  }

  @Test
  void aValueThatDoesNotDecodeIsNotExecuted() {
    bench.inputCodec(Codec.json(Integer.class));
    assertThat(
            process(
                "no number",
                (text, context) -> {
                  throw new AssertionError("executed");
                }))
        .isEqualTo(Progress.ENDED);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("decode");
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqAttempts")).isEqualTo("0");
    assertThat(bench.counters.algoDurations().count()).isZero();
  }

  @Test
  void aResultThatDoesNotEncodeFailsItsRecord() {
    bench.resultCodec(
        new Text() {
          @Override
          public byte[] encode(String value) {
            throw new AssertionError("cannot");
          }
        });
    CompletableFuture<Object> stage = new CompletableFuture<>();
    process((text, context) -> stage);
    stage.complete("x");
    runRest();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqReason")).isEqualTo("encode");
  }

  @Test
  void aStageOfTheAuthorsMakingMayTellTwice() {
    CompletableFuture<Object> stage =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<Object> whenComplete(
              BiConsumer<? super Object, ? super Throwable> action) {
            var unused = super.whenComplete(action);
            return super.whenComplete(action);
          }
        };
    process((text, context) -> stage);
    stage.complete("once");
    runRest();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history()).extracting(Bench::value).containsExactly("once");
  }

  @Test
  void aStageThatCannotBeWatchedFailsItsRecord() {
    CompletableFuture<Object> stage =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<Object> whenComplete(
              BiConsumer<? super Object, ? super Throwable> action) {
            var unused = super.whenComplete(action);
            throw new UnsupportedOperationException("not this one");
          }
        };
    assertThat(process((text, context) -> stage)).isEqualTo(Progress.ENDED);
    assertFailed(new UnsupportedOperationException());
    stage.complete("too late");
    assertThat(resumed).isEmpty();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  @Test
  void theDurationIsThatFromTheCallToTheCompletion() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    AtomicReference<Long> called = new AtomicReference<>();
    process(
        (text, context) -> {
          called.set(System.nanoTime());
          return stage;
        });
    assertThat(bench.counters.algoDurations().count()).as("not before it is known").isZero();
    spin(2_000_000);
    long least = System.nanoTime() - called.get();
    stage.complete(null);
    long begun = System.nanoTime();
    spin(20_000_000);
    long waited = System.nanoTime() - begun;
    runRest();
    long most = System.nanoTime() - called.get() - waited + 20_000_000;
    assertThat(bench.counters.algoDurations().count()).isEqualTo(1);
    assertThat(bench.counters.algoDurations().sumSeconds()).isBetween(least / 1e9, most / 1e9);
  }

  @Test
  void anInterruptWhileClosingLeavesTheRecordWithoutOutcome() {
    assertThatThrownBy(
            () ->
                process(
                    (text, context) -> {
                      bench.closing.set(true);
                      throw new InterruptedException();
                    }))
        .isInstanceOf(InterruptException.class)
        .hasMessageContaining("t.orders-2@41");
    assertThat(Thread.interrupted()).as("the worker ends").isTrue();
    settlement.assertWithoutOutcome(0);
    assertThat(bench.producer.history()).isEmpty();
  }

  @Test
  void aStageThatIsInterruptedWhileClosingLeavesTheRecordWithoutOutcome() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    process((text, context) -> stage);
    bench.closing.set(true);
    stage.completeExceptionally(new CompletionException(new InterruptedException()));
    assertThatThrownBy(this::runRest).isInstanceOf(InterruptException.class);
    assertThat(Thread.interrupted()).as("the worker ends").isTrue();
    settlement.assertWithoutOutcome(0);
  }

  @Test
  void aStrayInterruptReachesNobody() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    process(
        (text, context) -> {
          Thread.currentThread().interrupt();
          return stage;
        });
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    stage.complete("x");
    Thread.currentThread().interrupt();
    runRest();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    settlement.assertSettled(Outcome.WRITTEN);
  }

  @Test
  void aDefectInTheRestHaltsItsPartition() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    process((text, context) -> stage);
    stage.complete("x");
    bench.producer.sendException = new UnsupportedOperationException("a defect");
    runRest();
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().what()).isEqualTo("an error within the SDK");
  }

  /** Its cause is itself. */
  private static final class Circular extends CompletionException {
    private static final long serialVersionUID = 1L;

    Circular() {
      super("circular");
    }

    @Override
    public Throwable getCause() {
      return this;
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      return new StackTraceElement[0];
    }
  }

  private static void spin(long nanos) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < nanos) {
      Thread.onSpinWait();
    }
  }

  static class Text implements Codec<String> {
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
      return value.getBytes(UTF_8);
    }
  }

  /** Only that stages of any kind will do is of interest. */
  static CompletionStage<Object> minimal(CompletableFuture<Object> future) {
    return future.minimalCompletionStage();
  }

  @Test
  void aStageThatIsNoFutureWillDo() {
    CompletableFuture<Object> future = new CompletableFuture<>();
    assertThat(process((text, context) -> minimal(future))).isEqualTo(Progress.PENDING);
    future.complete("x");
    runRest();
    settlement.assertSettled(Outcome.WRITTEN);
  }
}
