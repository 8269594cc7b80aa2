package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both kinds: threads that are kept, and a thread for each task, virtual where there are such. */
class WorkerThreadsTest {

  private final WatchThread watch = new WatchThread();

  @AfterEach
  void close() {
    watch.close();
  }

  private WorkerThreads workers(boolean kept, String prefix) {
    return kept
        ? new WorkerThreads(2, WorkerKind.platform(prefix))
        : new WorkerThreads(
            2,
            WorkerKind.virtualFactory(prefix).orElseGet(() -> WorkerKind.platform(prefix)),
            WorkerKind.platform("stand-in-"),
            watch,
            Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void workersThatObeyTheirInterruptAreGoneAndOneThatDoesNotIsNamed(boolean kept)
      throws InterruptedException {
    WorkerThreads workers = workers(kept, "stubborn-");
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch forever = new CountDownLatch(1);
    workers.execute(
        () -> {
          begun.countDown();
          awaitUninterruptibly(release);
        });
    workers.execute(
        () -> {
          begun.countDown();
          try {
            forever.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    begun.await();
    workers.interrupt();
    await().until(() -> workers.awaitEnd(Duration.ofMillis(1)).size() == 1);
    assertThat(workers.awaitEnd(Duration.ZERO))
        .extracting(Thread::getName)
        .containsExactly("stubborn-0");
    release.countDown();
    assertThat(workers.awaitEnd(Duration.ofSeconds(30))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachIsInterruptedOnce(boolean kept) throws InterruptedException {
    WorkerThreads workers = workers(kept, "tidy-");
    Tidy task = new Tidy();
    workers.execute(task);
    task.begun.await();
    workers.interrupt();
    task.interrupted.await();
    task.tidy.countDown();
    assertThat(workers.awaitEnd(Duration.ofSeconds(30))).isEmpty();
    assertThat(task.interrupts).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThreadThatWasThePollLoopsIsInterruptedOnce(boolean kept) throws InterruptedException {
    for (boolean early : List.of(true, false)) {
      WorkerThreads workers = workers(kept, "tidy-");
      Tidy task = new Tidy();
      Thread old = new Thread(task);
      old.start();
      task.begun.await();
      if (early) {
        workers.left(old);
        workers.interrupt();
      } else {
        workers.interrupt();
        assertThat(task.interrupted.getCount()).as("it is nobody's yet").isEqualTo(1);
        workers.left(old);
      }
      task.interrupted.await();
      task.tidy.countDown();
      assertThat(workers.awaitEnd(Duration.ofSeconds(30))).isEmpty();
      assertThat(old.isAlive()).as("it is waited for").isFalse();
      assertThat(task.interrupts).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThreadThatWasThePollLoopsIsNamedIfItDoesNotEnd(boolean kept) throws InterruptedException {
    WorkerThreads workers = workers(kept, "other-");
    CountDownLatch release = new CountDownLatch(1);
    Thread old = new Thread(() -> awaitUninterruptibly(release));
    old.start();
    workers.left(old);
    workers.interrupt();
    assertThat(workers.awaitEnd(Duration.ofMillis(1))).containsExactly(old);
    release.countDown();
    assertThat(workers.awaitEnd(Duration.ofSeconds(30))).isEmpty();
    assertThat(old.isAlive()).as("it is waited for").isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThreadThatIsDoneIsNoMoreOfTheirs(boolean kept) throws InterruptedException {
    WorkerThreads workers = workers(kept, "other-");
    Tidy task = new Tidy();
    Thread old = new Thread(task);
    old.start();
    task.begun.await();
    workers.left(old);
    workers.done(old);
    workers.interrupt();
    assertThat(workers.awaitEnd(Duration.ofMillis(1))).isEmpty();
    task.tidy.countDown();
    old.join();
    assertThat(task.interrupts).hasValue(0);
  }

  /** As where no other thread could be made for the loop. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWorkerThatTurnedTheLoopIsInterruptedOnceAndStaysAWorker(boolean kept)
      throws InterruptedException {
    WorkerThreads workers = workers(kept, "tidy-");
    Tidy task = new Tidy();
    workers.execute(
        () -> {
          workers.left(Thread.currentThread());
          task.run();
        });
    task.begun.await();
    workers.interrupt();
    task.interrupted.await();
    assertThat(workers.awaitEnd(Duration.ofMillis(1))).hasSize(1);
    task.tidy.countDown();
    assertThat(workers.awaitEnd(Duration.ofSeconds(30))).isEmpty();
    assertThat(task.interrupts).hasValue(1);
  }

  @Test
  void aKeptWorkerThatTurnedTheLoopIsNamedIfItDoesNotEndLater() throws InterruptedException {
    WorkerThreads workers = new WorkerThreads(1, WorkerKind.platform("kept-"));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    workers.execute(
        () -> {
          workers.left(Thread.currentThread());
          workers.done(Thread.currentThread());
        });
    workers.execute(
        () -> {
          begun.countDown();
          awaitUninterruptibly(release);
        });
    begun.await();
    workers.interrupt();
    assertThat(workers.awaitEnd(Duration.ofMillis(1)))
        .extracting(Thread::getName)
        .containsExactly("kept-0");
    release.countDown();
    assertThat(workers.awaitEnd(Duration.ofSeconds(30))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingRunsAfterTheEnd(boolean kept) throws InterruptedException {
    List<AtomicInteger> all = new ArrayList<>();
    List<Integer> atTheEnd = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      WorkerThreads workers = workers(kept, "late-");
      AtomicInteger ran = new AtomicInteger();
      AtomicInteger running = new AtomicInteger();
      List<Thread> givers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Thread giver =
            new Thread(
                () -> {
                  for (int task = 0; task < 2_000; task++) {
                    workers.execute(
                        () -> {
                          running.incrementAndGet();
                          ran.incrementAndGet();
                          Thread.onSpinWait();
                          running.decrementAndGet();
                        });
                  }
                });
        giver.start();
        givers.add(giver);
      }
      await().until(() -> ran.get() > 0);
      workers.interrupt();
      for (Thread giver : givers) {
        giver.join();
      }
      assertThat(workers.awaitEnd(Duration.ofSeconds(30))).isEmpty();
      assertThat(running).hasValue(0);
      all.add(ran);
      atTheEnd.add(ran.get());
      workers.execute(ran::incrementAndGet);
    }
    assertThat(all).extracting(AtomicInteger::get).isEqualTo(atTheEnd);
  }

  /** Clears up when it is interrupted, and counts how often it is. */
  private static final class Tidy implements Runnable {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch tidy = new CountDownLatch(1);
    private final AtomicInteger interrupts = new AtomicInteger();

    @Override
    public void run() {
      begun.countDown();
      while (tidy.getCount() > 0) {
        try {
          tidy.await();
        } catch (InterruptedException e) {
          interrupts.incrementAndGet();
          interrupted.countDown();
          while (!Thread.currentThread().isInterrupted() && tidy.getCount() > 0) {
            Thread.onSpinWait(); // clears up
          }
        }
      }
      if (Thread.interrupted()) { // came when it was about to end
        interrupts.incrementAndGet();
      }
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // an Algo that does not listen
      }
    }
  }
}
