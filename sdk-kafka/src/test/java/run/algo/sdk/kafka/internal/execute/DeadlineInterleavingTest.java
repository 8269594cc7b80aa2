package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * An execution ends while its deadline passes, or while its grace does: by seed. Forbidden: two
 * outcomes or none; outputs and a dead letter, or neither; a rest that is run twice or by nobody;
 * an interrupt that reaches what the thread does next; a count of abandoned ones that is off.
 */
class DeadlineInterleavingTest {

  private static final int ROUNDS = 3000;
  private static final long SEED = 20250613;
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final ExecutorService threads = Executors.newFixedThreadPool(3);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** What races with the watch, and how it ends. */
  private enum Racer {
    SYNC,
    SYNC_THAT_THROWS,
    ASYNC_WITHIN_ITS_METHOD,
    ASYNC_BY_ANOTHER_THREAD,
    BATCH
  }

  @ParameterizedTest
  @EnumSource
  void exactlyOneOutcome(Racer racer) throws Exception {
    Random random = new Random(SEED);
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    int pending = 0;
    int inGrace = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Round one = new Round(racer, round % 20, random.nextInt(600), random.nextInt(600));
      one.run("seed " + SEED + ", round " + round);
      outcomes.merge(one.outcome, 1, Integer::sum);
      pending += one.progress == Progress.PENDING ? 1 : 0;
      inGrace += one.timedOut() && one.progress == Progress.ENDED ? 1 : 0;
    }
    String distribution = outcomes + ", pending " + pending + ", in grace " + inGrace;
    assertThat(outcomes.getOrDefault(Outcome.DEAD_LETTERED, 0))
        .as(distribution)
        .isGreaterThan(ROUNDS / 100);
    if (racer != Racer.SYNC_THAT_THROWS) {
      assertThat(outcomes.getOrDefault(Outcome.WRITTEN, 0))
          .as(distribution)
          .isGreaterThan(ROUNDS / 100);
    }
    assertThat(pending).as(distribution).isGreaterThan(ROUNDS / 100);
    if (racer != Racer.ASYNC_BY_ANOTHER_THREAD) {
      assertThat(inGrace).as(distribution).isGreaterThan(ROUNDS / 100);
    }
    System.out.println(racer + ": " + distribution);
  }

  private final class Round {
    private final Racer racer;

    /** 0 ends in the grace, 1 after it, 2 before the deadline; odd races for the grace as well. */
    private final int kind;

    private final int authorSpins;
    private final int watchSpins;
    private final ManualTime time = new ManualTime();
    private final List<Integer> counted = new ArrayList<>();
    private final Abandoned abandoned =
        new Abandoned(
            16,
            time::nanos,
            running -> {
              synchronized (counted) {
                counted.add(running);
              }
            });
    private final Bench bench =
        Bench.acknowledging()
            .deadlines(new Deadlines(TIMEOUT, time, 4, abandoned, thread -> false));
    private final RecordingSettlement settlement = new RecordingSettlement();
    private final AtomicInteger resumes = new AtomicInteger();
    private final AtomicReference<Runnable> rest = new AtomicReference<>();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final CyclicBarrier together = new CyclicBarrier(2);
    private final AtomicReference<Future<?>> other = new AtomicReference<>();
    private Progress progress;
    private Outcome outcome;

    Round(Racer racer, int kind, int authorSpins, int watchSpins) {
      this.racer = racer;
      this.kind = kind;
      this.authorSpins = authorSpins;
      this.watchSpins = watchSpins;
    }

    void run(String where) throws Exception {
      Future<Progress> worker = threads.submit(this::work);
      together.await();
      if (kind == 2) {
        progress = worker.get(30, TimeUnit.SECONDS);
        awaitOther();
      }
      spin(watchSpins);
      time.advance(TIMEOUT);
      if (kind != 1) {
        mayEnd.countDown();
      }
      if (kind % 2 == 0) {
        progress = worker.get(30, TimeUnit.SECONDS); // and not for the grace
      } else {
        spin(watchSpins);
      }
      time.advance(Duration.ofNanos(Deadlines.GRACE));
      mayEnd.countDown();
      progress = worker.get(30, TimeUnit.SECONDS);
      awaitOther();
      boolean pending = progress == Progress.PENDING;
      assertThat(resumes).as(where).hasValue(pending ? 1 : 0);
      if (pending) {
        settlement.assertWithoutOutcome(0);
        rest.get().run();
      }
      int results = bench.sent(Bench.RESULT_TOPIC).size();
      int letters = bench.sent(Bench.DEAD_LETTER_TOPIC).size();
      assertThat(results + letters).as(where).isEqualTo(1);
      outcome = results == 1 ? Outcome.WRITTEN : Outcome.DEAD_LETTERED;
      settlement.assertSettled(outcome);
      assertThat(bench.sent(Bench.SIDE_TOPIC)).as(where).hasSize(results);
      assertThat(abandoned.running()).as(where).isZero();
      assertThat(time.waits()).as("%s, watches what has ended", where).isFalse();
    }

    private void awaitOther() throws Exception {
      Future<?> author = other.get();
      if (author != null) {
        author.get(30, TimeUnit.SECONDS);
      }
    }

    boolean timedOut() {
      return bench.sent(Bench.DEAD_LETTER_TOPIC).stream()
          .anyMatch(letter -> "timeout".equals(Bench.header(letter, "dlqReason")));
    }

    private Progress work() {
      Progress result =
          racer == Racer.BATCH
              ? bench
                  .processor()
                  .processBatch(
                      bench.route(form()),
                      List.of(
                          new BatchEntry(
                              Bench.record("k", "value"), settlement, RecordingSettlement.INDEX)),
                      this::resume)
              : bench
                  .processor()
                  .process(
                      bench.route(form()),
                      Bench.record("k", "value"),
                      settlement,
                      RecordingSettlement.INDEX,
                      this::resume);
      assertThat(Thread.currentThread().isInterrupted()).as("after the execution").isFalse();
      return result;
    }

    private void resume(Runnable runnable, long nanos) {
      resumes.incrementAndGet();
      rest.set(runnable);
    }

    private AlgoForm form() {
      return switch (racer) {
        case SYNC ->
            new AlgoForm.Sync(
                (Algo<String, String>)
                    (text, context) -> {
                      race();
                      emit(context);
                      return text;
                    });
        case SYNC_THAT_THROWS ->
            new AlgoForm.Sync(
                (Algo<String, String>)
                    (text, context) -> {
                      race();
                      throw new IllegalStateException("failed");
                    });
        case ASYNC_WITHIN_ITS_METHOD ->
            new AlgoForm.Async(
                (AsyncAlgo<String, String>)
                    (text, context) -> {
                      race();
                      emit(context);
                      return CompletableFuture.completedFuture(text);
                    });
        case ASYNC_BY_ANOTHER_THREAD ->
            new AlgoForm.Async(
                (AsyncAlgo<String, String>)
                    (text, context) -> {
                      CompletableFuture<String> stage = new CompletableFuture<>();
                      other.set(
                          threads.submit(
                              () -> {
                                race();
                                emit(context);
                                stage.complete(text);
                              }));
                      return stage;
                    });
        case BATCH ->
            new AlgoForm.Batch(
                (BatchAlgo<String, String>)
                    records -> {
                      race();
                      emit(records.get(0).context());
                      records.get(0).complete(records.get(0).value());
                    });
      };
    }

    private void race() {
      try {
        together.await();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      if (kind < 2) {
        while (mayEnd.getCount() > 0) {
          Thread.onSpinWait(); // and does not care for interrupts
        }
      }
      spin(authorSpins);
    }

    private void emit(AlgoContext context) {
      try {
        context.emit(Bench.SIDE, "emitted");
      } catch (IllegalStateException e) {
        // too late, as it should be when the deadline has passed
      }
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
