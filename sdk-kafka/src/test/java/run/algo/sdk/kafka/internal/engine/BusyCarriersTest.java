package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Busy loops on real virtual threads, more of them than there are carriers: other tasks get on, on
 * more carriers or on platform threads. On a Java without virtual threads the same tasks run on
 * platform threads, of which there are enough.
 */
@Timeout(60)
class BusyCarriersTest {

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int CONCURRENCY = 200;
  private static final Duration SOON = Duration.ofSeconds(30);

  private final WatchThread watch = new WatchThread();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger busy = new AtomicInteger();

  @AfterEach
  void stop() {
    enough.set(true);
    watch.close();
  }

  private WorkerThreads workers(Optional<CarrierPool> pool) {
    ThreadFactory virtual =
        WorkerKind.virtualFactory("v-").orElseGet(() -> WorkerKind.platform("v-"));
    return new WorkerThreads(CONCURRENCY, virtual, WorkerKind.platform("p-"), watch, pool);
  }

  private void hog() {
    begun.incrementAndGet();
    busy.incrementAndGet();
    while (!enough.get()) {
      Thread.onSpinWait();
    }
    busy.decrementAndGet();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void othersGetOnBesideBusyLoops(boolean moreCarriers) throws InterruptedException {
    WorkerThreads workers = workers(moreCarriers ? CarrierPool.ofProcess() : Optional.empty());
    int hogs = PROCESSORS + 3;
    for (int i = 0; i < hogs; i++) {
      workers.execute(this::hog);
    }
    await().atMost(SOON).until(() -> busy.get() >= PROCESSORS);
    CountDownLatch others = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      workers.execute(others::countDown);
    }
    assertThat(others.await(30, TimeUnit.SECONDS)).as("beside %s busy loops", busy).isTrue();
    assertThat(enough).isFalse();
    enough.set(true);
    await().atMost(SOON).until(() -> busy.get() == 0);
    CountDownLatch after = new CountDownLatch(1);
    workers.execute(after::countDown);
    assertThat(after.await(30, TimeUnit.SECONDS)).isTrue();
    workers.interrupt();
    assertThat(workers.awaitEnd(SOON)).isEmpty();
  }

  @Test
  void whoCannotGoOnForWantOfACarrierIsHeldUpAndWhoIsBusyIsNot() {
    WorkerThreads workers = workers(Optional.empty());
    boolean virtual = WorkerKind.virtualFactory("x-").isPresent();
    AtomicReference<Thread> waiting = new AtomicReference<>();
    AtomicReference<Thread> loops = new AtomicReference<>();
    AtomicBoolean wentOn = new AtomicBoolean();
    workers.execute(
        () -> {
          waiting.set(Thread.currentThread());
          while (begun.get() < PROCESSORS) {
            LockSupport.parkNanos(1_000_000);
          }
          wentOn.set(true);
        });
    await().atMost(SOON).until(() -> waiting.get() != null);
    assertThat(workers.heldUp(waiting.get())).as("while all is well").isFalse();
    for (int i = 0; i < PROCESSORS; i++) {
      workers.execute(
          () -> {
            loops.set(Thread.currentThread());
            hog();
          });
    }
    if (virtual) {
      await().atMost(SOON).until(() -> workers.heldUp(waiting.get()));
      assertThat(wentOn).isFalse();
      assertThat(workers.heldUp(loops.get())).isFalse();
    }
    enough.set(true);
    await().atMost(SOON).until(wentOn::get);
    await().atMost(SOON).until(() -> !workers.heldUp(waiting.get()));
    workers.interrupt();
    assertThat(workers.awaitEnd(SOON)).isEmpty();
  }

  @Test
  void anAbandonedThreadIsMadeUpFor() throws InterruptedException {
    WorkerThreads workers = new WorkerThreads(1, WorkerKind.platform("one-"));
    CountDownLatch next = new CountDownLatch(1);
    workers.execute(this::hog);
    workers.execute(next::countDown);
    await().atMost(SOON).until(() -> busy.get() == 1);
    assertThat(next.getCount()).isEqualTo(1);
    workers.abandoned(1);
    assertThat(next.await(30, TimeUnit.SECONDS)).isTrue();
    enough.set(true);
    await().atMost(SOON).until(() -> busy.get() == 0);
    workers.abandoned(0);
    CountDownLatch after = new CountDownLatch(2);
    workers.execute(after::countDown);
    workers.execute(after::countDown);
    assertThat(after.await(30, TimeUnit.SECONDS)).isTrue();
    workers.interrupt();
    assertThat(workers.awaitEnd(SOON)).isEmpty();
  }

  @Test
  void theProcessHasMoreCarriersOnlyWhereItsJavaLetsIt() {
    assertThat(CarrierPool.ofProcess().isPresent()).isEqualTo(Runtime.version().feature() >= 24);
    CarrierPool.ofProcess()
        .ifPresent(
            pool -> {
              assertThat(pool.change(3)).isEqualTo(3);
              assertThat(pool.change(-3)).isEqualTo(-3);
              int added = pool.change(100_000);
              assertThat(added).isLessThanOrEqualTo(CarrierPool.MOST);
              assertThat(pool.change(-added)).isEqualTo(-added);
            });
  }
}
