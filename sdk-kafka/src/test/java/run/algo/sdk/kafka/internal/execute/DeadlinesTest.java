package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Executions that pass their deadline, in every form; the test makes the time pass. */
@Timeout(60)
class DeadlinesTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofNanos(Deadlines.GRACE);

  private final ManualTime time = new ManualTime();
  private final List<Integer> counted = new ArrayList<>();
  private final Abandoned abandoned = new Abandoned(1, time::nanos, counted::add);
  private final Bench bench =
      Bench.acknowledging().deadlines(new Deadlines(TIMEOUT, time, 4, abandoned, thread -> false));
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private final RecordingSettlement settlement = new RecordingSettlement();
  private final AtomicReference<Runnable> rest = new AtomicReference<>();
  private final CountDownLatch inCall = new CountDownLatch(1);
  private final CountDownLatch letGo = new CountDownLatch(1);
  private final AtomicReference<AlgoContext> given = new AtomicReference<>();

  @AfterEach
  void stop() {
    letGo.countDown();
    worker.shutdownNow();
  }

  private void resume(Runnable runnable, long nanos) {
    assertThat(rest.getAndSet(runnable)).as("resumed twice").isNull();
  }

  private Progress process(AlgoForm form) {
    return bench
        .processor()
        .process(
            bench.route(form),
            Bench.record("k", "value"),
            settlement,
            RecordingSettlement.INDEX,
            this::resume);
  }

  private Future<Progress> begin(AlgoForm form) throws InterruptedException {
    Future<Progress> progress = worker.submit(() -> process(form));
    inCall.await();
    return progress;
  }

  private static <T> T end(Future<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  /** The next thing this worker does must find no interrupt. */
  private void assertWorkerUndisturbed() throws Exception {
    assertThat(end(worker.submit(() -> Thread.currentThread().isInterrupted()))).isFalse();
  }

  private ProducerRecord<byte[], byte[]> assertTimedOut() {
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo("timeout");
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("1");
    assertThat(Bench.header(letter, "dlqExceptionClass"))
        .isEqualTo(TimeoutException.class.getName());
    assertThat(Bench.header(letter, "dlqExceptionMessage")).contains("5000 ms", "ALGO_TIMEOUT");
    return letter;
  }

  private static void hang(CountDownLatch entered, CountDownLatch until) {
    entered.countDown(); // from here on its stack tells where it hangs
    while (true) {
      try {
        until.await();
        return;
      } catch (InterruptedException e) {
        // does not listen
      }
    }
  }

  // One record on a thread

  @Test
  void whatEndsOnTimeIsLeftAloneAndThenNothingIsWatched() {
    bench
        .runText(
            (text, context) -> {
              time.advance(TIMEOUT.minusNanos(1));
              context.emit(Bench.SIDE, "emitted");
              return text;
            })
        .assertSettled(Outcome.WRITTEN);
    time.advance(TIMEOUT.multipliedBy(3));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(time.waits()).as("an idle runner looks").isFalse();
    assertThat(bench.producer.history()).hasSize(2);
  }

  @Test
  void theContextTellsTheDeadline() {
    List<Optional<?>> told = new ArrayList<>();
    time.advance(Duration.ofMinutes(1));
    bench.runText(
        (text, context) -> {
          told.add(context.deadline());
          time.advance(Duration.ofSeconds(1));
          told.add(context.deadline());
          return null;
        });
    assertThat(told)
        .containsOnly(Optional.of(ManualTime.START.plusSeconds(60).plus(TIMEOUT)))
        .hasSize(2);
    bench.deadlines(Deadlines.none());
    bench.runText(
        (text, context) -> {
          assertThat(context.deadline()).isEmpty();
          return text;
        });
  }

  @Test
  void whoListensToTheInterruptFailsOnItsOwnThread() throws Exception {
    Future<Progress> progress =
        begin(
            new AlgoForm.Sync(
                (Algo<String, String>)
                    (text, context) -> {
                      context.emit(Bench.SIDE, "before");
                      inCall.countDown();
                      letGo.await();
                      return text;
                    }));
    time.advance(TIMEOUT.minusNanos(1));
    settlement.assertWithoutOutcome(0);
    time.advance(Duration.ofNanos(1));
    assertThat(end(progress)).isEqualTo(Progress.ENDED);
    ProducerRecord<byte[], byte[]> letter = assertTimedOut();
    assertThat(Bench.header(letter, "dlqStackTrace"))
        .contains("Caused by: java.lang.InterruptedException");
    time.advance(TIMEOUT);
    assertThat(rest.get()).isNull();
    assertThat(counted).isEmpty();
    assertWorkerUndisturbed();
  }

  @Test
  void aResultThatComesAfterTheInterruptIsNone() throws Exception {
    Future<Progress> progress =
        begin(
            new AlgoForm.Sync(
                (Algo<String, String>)
                    (text, context) -> {
                      inCall.countDown();
                      try {
                        letGo.await();
                        return text;
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return null; // would be a filtered record
                      }
                    }));
    time.advance(TIMEOUT);
    assertThat(end(progress)).isEqualTo(Progress.ENDED);
    assertTimedOut();
    assertWorkerUndisturbed();
  }

  @Test
  void whoDoesNotListenIsLeftBehindAndWhatItDoesLateIsDropped() throws Exception {
    AtomicReference<Throwable> late = new AtomicReference<>();
    Future<Progress> progress =
        begin(
            new AlgoForm.Sync(
                (Algo<String, String>)
                    (text, context) -> {
                      context.emit(Bench.SIDE, "before");
                      hang(inCall, letGo);
                      try {
                        context.emit(Bench.SIDE, "late");
                      } catch (IllegalStateException e) {
                        late.set(e);
                      }
                      return text;
                    }));
    time.advance(TIMEOUT);
    time.advance(GRACE.minusNanos(1));
    settlement.assertWithoutOutcome(0);
    assertThat(rest.get()).isNull();
    time.advance(Duration.ofNanos(1));
    assertThat(counted).containsExactly(1);
    settlement.assertWithoutOutcome(0);

    rest.get().run();
    ProducerRecord<byte[], byte[]> letter = assertTimedOut();
    assertThat(Bench.header(letter, "dlqStackTrace"))
        .as("where it hangs")
        .contains("DeadlinesTest.hang");
    assertThat(progress.isDone()).isFalse();

    letGo.countDown();
    assertThat(end(progress)).isEqualTo(Progress.PENDING);
    assertThat(late.get()).hasMessageContaining("has ended");
    assertThat(bench.producer.history()).hasSize(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertThat(counted).containsExactly(1, 0);
    assertThat(bench.counters.algoErrors()).isEqualTo(1);
    assertThat(time.waits()).isFalse();
    assertWorkerUndisturbed();
  }

  @Test
  void tooManyLeftBehindAreAnExcessSinceItBegan() {
    abandoned.leftBehind();
    assertThat(abandoned.excess()).isEmpty();
    time.advance(Duration.ofSeconds(3));
    abandoned.leftBehind();
    time.advance(Duration.ofSeconds(3));
    abandoned.leftBehind();
    assertThat(abandoned.excess())
        .hasValue(new Abandoned.Excess(Duration.ofSeconds(3).toNanos(), 3, 1));
    abandoned.returned();
    abandoned.returned();
    assertThat(abandoned.excess()).isEmpty();
    assertThat(abandoned.running()).isEqualTo(1);
  }

  @Test
  void whoIsHeldUpByOthersIsExcused() throws Exception {
    boolean[] excused = {true};
    bench.deadlines(new Deadlines(TIMEOUT, time, 4, abandoned, thread -> excused[0]));
    Future<Progress> progress =
        begin(
            new AlgoForm.Sync(
                (Algo<String, String>)
                    (text, context) -> {
                      inCall.countDown();
                      letGo.await();
                      return text;
                    }));
    time.advance(TIMEOUT.multipliedBy(4));
    settlement.assertWithoutOutcome(0);
    excused[0] = false;
    time.advance(Duration.ofNanos(Deadlines.EXCUSED));
    assertThat(end(progress)).isEqualTo(Progress.ENDED);
    assertTimedOut();
  }

  @Test
  void looksAreAsRareAsTheyCanBe() {
    for (int i = 0; i < 1_000; i++) {
      bench.runText(
          (text, context) -> {
            time.advance(Duration.ofMillis(1));
            return null;
          });
    }
    assertThat(time.asked()).as("one look for all of them").isEqualTo(1);
    bench
        .runText(
            (text, context) -> {
              time.advance(TIMEOUT.minusMillis(1));
              return text;
            })
        .assertSettled(Outcome.WRITTEN);
    assertThat(time.asked()).as("and the one to come").isEqualTo(2);
  }

  // One record without a thread

  private static AlgoForm async(AsyncAlgo<String, String> algo) {
    return new AlgoForm.Async(algo);
  }

  @Test
  void aStageThatDoesNotCompleteIsCancelledAndItsRecordFailsAtOnce() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Progress progress =
        process(
            async(
                (text, context) -> {
                  given.set(context);
                  context.emit(Bench.SIDE, "before");
                  return stage;
                }));
    assertThat(progress).isEqualTo(Progress.PENDING);
    time.advance(TIMEOUT.minusNanos(1));
    assertThat(rest.get()).isNull();
    time.advance(Duration.ofNanos(1));
    assertThat(stage).as("author's code is not run by the watch").isNotDone();
    rest.get().run();
    assertTimedOut();
    assertThat(stage).isCancelled();
    assertThatThrownBy(() -> given.get().emit(Bench.SIDE, "late"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(counted).as("it keeps no thread").isEmpty();
    time.advance(TIMEOUT);
    assertThat(time.waits()).isFalse();
  }

  @Test
  void aStageThatCompletesLateIsNotHeard() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    assertThat(process(async((text, context) -> stage))).isEqualTo(Progress.PENDING);
    time.advance(TIMEOUT);
    stage.complete("late");
    rest.get().run();
    assertTimedOut();
  }

  @Test
  void aStageThatCompletesOnTimeIsWatchedNoMore() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    assertThat(process(async((text, context) -> stage))).isEqualTo(Progress.PENDING);
    time.advance(TIMEOUT.minusNanos(1));
    stage.complete("result");
    time.advance(TIMEOUT);
    rest.get().run();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(time.waits()).isFalse();
  }

  @Test
  void aStageThatCannotBeCancelledHarmsNothing() {
    CompletableFuture<String> stage =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            throw new UnsupportedOperationException("not this one");
          }
        };
    assertThat(process(async((text, context) -> stage))).isEqualTo(Progress.PENDING);
    time.advance(TIMEOUT);
    rest.get().run();
    assertTimedOut();
  }

  @Test
  void anAsynchronousMethodThatListensEndsOnItsThread() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<Progress> progress =
        begin(
            async(
                (text, context) -> {
                  inCall.countDown();
                  letGo.await();
                  return stage;
                }));
    time.advance(TIMEOUT);
    assertThat(end(progress)).isEqualTo(Progress.ENDED);
    assertTimedOut();
    assertWorkerUndisturbed();
  }

  @Test
  void anAsynchronousMethodThatHangsIsLeftBehind() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<Progress> progress =
        begin(
            async(
                (text, context) -> {
                  hang(inCall, letGo);
                  return stage;
                }));
    time.advance(TIMEOUT.plus(GRACE));
    rest.get().run();
    assertTimedOut();
    letGo.countDown();
    assertThat(end(progress)).isEqualTo(Progress.PENDING);
    assertThat(stage).isCancelled();
    assertThat(counted).containsExactly(1, 0);
    assertWorkerUndisturbed();
  }

  @Test
  void anAsynchronousMethodThatHangsAfterItsStageCompletedKeepsTheResult() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<Progress> progress =
        begin(
            async(
                (text, context) ->
                    new CompletableFuture<>() {
                      @Override
                      public CompletableFuture<String> whenComplete(
                          java.util.function.BiConsumer<? super String, ? super Throwable> action) {
                        action.accept("result", null);
                        hang(inCall, letGo);
                        return this;
                      }
                    }));
    time.advance(TIMEOUT.plus(GRACE));
    rest.get().run();
    settlement.assertSettled(Outcome.WRITTEN);
    letGo.countDown();
    assertThat(end(progress)).isEqualTo(Progress.PENDING);
    assertThat(bench.producer.history()).extracting(Bench::value).containsExactly("result");
    assertThat(stage).isNotDone();
  }

  // Several records

  private record Settled(List<RecordingSettlement> settlements, Future<Progress> progress) {}

  private Settled beginBatch(BatchAlgo<String, String> algo) throws InterruptedException {
    List<BatchEntry> entries = new ArrayList<>();
    List<RecordingSettlement> settlements = new ArrayList<>();
    for (String value : List.of("a", "b", "c")) {
      RecordingSettlement one = new RecordingSettlement();
      settlements.add(one);
      entries.add(new BatchEntry(Bench.record("k", value), one, RecordingSettlement.INDEX));
    }
    Future<Progress> progress =
        worker.submit(
            () ->
                bench
                    .processor()
                    .processBatch(bench.route(new AlgoForm.Batch(algo)), entries, this::resume));
    inCall.await();
    return new Settled(settlements, progress);
  }

  private void assertFirstWrittenOthersTimedOut(Settled batch) {
    batch.settlements().get(0).assertSettled(Outcome.WRITTEN);
    batch.settlements().get(1).assertSettled(Outcome.DEAD_LETTERED);
    batch.settlements().get(2).assertSettled(Outcome.DEAD_LETTERED);
    assertThat(bench.sent(Bench.RESULT_TOPIC)).extracting(Bench::value).containsExactly("A");
    assertThat(bench.sent(Bench.DEAD_LETTER_TOPIC))
        .hasSize(2)
        .allSatisfy(letter -> assertThat(Bench.header(letter, "dlqReason")).isEqualTo("timeout"));
  }

  @Test
  void ofABatchThatListensTheSettledRecordsKeepTheirOutcome() throws Exception {
    Settled batch =
        beginBatch(
            records -> {
              records.get(0).complete("A");
              inCall.countDown();
              try {
                letGo.await();
              } catch (InterruptedException e) {
                assertThatThrownBy(() -> records.get(1).complete("B"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("deadline");
                throw e;
              }
            });
    time.advance(TIMEOUT);
    assertThat(end(batch.progress())).isEqualTo(Progress.ENDED);
    assertFirstWrittenOthersTimedOut(batch);
    assertThat(counted).isEmpty();
    assertWorkerUndisturbed();
  }

  @Test
  void aBatchThatDoesNotListenIsLeftBehind() throws Exception {
    AtomicReference<BatchRecord<String, String>> second = new AtomicReference<>();
    Settled batch =
        beginBatch(
            records -> {
              records.get(0).complete("A");
              second.set(records.get(1));
              hang(inCall, letGo);
            });
    assertThat(second.get().context().deadline()).isPresent();
    time.advance(TIMEOUT.plus(GRACE));
    rest.get().run();
    assertFirstWrittenOthersTimedOut(batch);
    assertThatThrownBy(() -> second.get().complete("B")).isInstanceOf(IllegalStateException.class);
    letGo.countDown();
    assertThat(end(batch.progress())).isEqualTo(Progress.PENDING);
    assertThat(counted).containsExactly(1, 0);
    assertWorkerUndisturbed();
  }
}
