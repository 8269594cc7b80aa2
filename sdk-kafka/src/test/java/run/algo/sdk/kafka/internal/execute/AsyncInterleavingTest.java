package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.api.Test;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The stage completes, and emissions come, while the worker leaves: by seed, with what must not be.
 */
class AsyncInterleavingTest {

  private static final int ROUNDS = 4000;
  private static final int MOST_EMISSIONS = 40;
  private static final long SEED = 20240531;

  private final ExecutorService author = Executors.newFixedThreadPool(2);

  @AfterEach
  void stop() {
    author.shutdownNow();
  }

  @Test
  void theRestIsRunByTheWorkerOrHandedToTheScopeNeverBothNeverNeither() throws Exception {
    Random random = new Random(SEED);
    int ended = 0;
    int pending = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int authorSpins = random.nextInt(400);
      int workerSpins = random.nextInt(400);
      // Both outcomes, whatever the race brings: 0 completes before the worker leaves, 1 after.
      int kind = round % 20;
      Bench bench = Bench.acknowledging();
      RecordingSettlement settlement = new RecordingSettlement();
      CompletableFuture<Object> stage = new CompletableFuture<>();
      CyclicBarrier together = new CyclicBarrier(2);
      CountDownLatch left = new CountDownLatch(1);
      AtomicInteger resumes = new AtomicInteger();
      AtomicReference<Runnable> rest = new AtomicReference<>();

      Progress progress;
      List<Future<?>> completions = new ArrayList<>();
      progress =
          bench
              .processor()
              .process(
                  bench.route(
                      new AlgoForm.Async(
                          (text, context) -> {
                            completions.add(
                                author.submit(
                                    () -> {
                                      await(kind, together, left);
                                      spin(authorSpins);
                                      context.emit(Bench.SIDE, "emitted");
                                      stage.complete("result");
                                    }));
                            if (kind == 0) {
                              stage.join();
                            } else if (kind != 1) {
                              together.await();
                              spin(workerSpins);
                            }
                            return stage;
                          })),
                  Bench.record("k", "value"),
                  settlement,
                  RecordingSettlement.INDEX,
                  (runnable, nanos) -> {
                    resumes.incrementAndGet();
                    rest.set(runnable);
                  });
      left.countDown();
      for (Future<?> completion : completions) {
        completion.get(30, TimeUnit.SECONDS);
      }
      String where = "seed " + SEED + ", round " + round + ", " + progress;
      if (progress == Progress.ENDED) {
        ended++;
        assertThat(resumes).as(where).hasValue(0);
      } else {
        pending++;
        assertThat(resumes).as(where).hasValue(1);
        settlement.assertWithoutOutcome(0);
        rest.get().run();
      }
      settlement.assertSettled(Outcome.WRITTEN);
      assertThat(bench.producer.history())
          .as(where)
          .extracting(Bench::value)
          .containsExactly("emitted", "result");
    }
    assertThat(ended).as("found by the worker").isGreaterThanOrEqualTo(ROUNDS / 20);
    assertThat(pending).as("handed to the scope").isGreaterThanOrEqualTo(ROUNDS / 20);
  }

  private static void await(int kind, CyclicBarrier together, CountDownLatch left) {
    try {
      if (kind == 1) {
        left.await();
      } else if (kind != 0) {
        together.await();
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anEmissionThatRacesWithTheCompletionIsWrittenOrRefusedNeverLost() throws Exception {
    Random random = new Random(SEED);
    int refused = 0;
    for (int round = 0; round < ROUNDS / 2; round++) {
      int spins = random.nextInt(300);
      Bench bench = Bench.acknowledging();
      RecordingSettlement settlement = new RecordingSettlement();
      CompletableFuture<Object> stage = new CompletableFuture<>();
      AtomicReference<AlgoContext> given = new AtomicReference<>();
      AtomicReference<Runnable> rest = new AtomicReference<>();
      bench
          .processor()
          .process(
              bench.route(
                  new AlgoForm.Async(
                      (text, context) -> {
                        given.set(context);
                        return stage;
                      })),
              Bench.record("k", "value"),
              settlement,
              RecordingSettlement.INDEX,
              (runnable, nanos) -> rest.set(runnable));
      CyclicBarrier together = new CyclicBarrier(2);
      Future<Integer> accepted =
          author.submit(
              () -> {
                together.await();
                for (int emitted = 0; emitted < MOST_EMISSIONS; emitted++) {
                  try {
                    given.get().emit(Bench.SIDE, Integer.toString(emitted));
                  } catch (IllegalStateException e) {
                    return emitted;
                  }
                }
                return MOST_EMISSIONS;
              });
      together.await();
      spin(spins);
      stage.complete("result");
      int count = accepted.get(30, TimeUnit.SECONDS);
      refused += count < MOST_EMISSIONS ? 1 : 0;
      rest.get().run();

      List<String> expected = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        expected.add(Integer.toString(i));
      }
      expected.add("result");
      assertThat(bench.producer.history())
          .as("seed %s, round %s", SEED, round)
          .extracting(Bench::value)
          .containsExactlyElementsOf(expected);
      settlement.assertSettled(Outcome.WRITTEN);
    }
    assertThat(refused).as("rounds in which the completion came among the emissions").isPositive();
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
