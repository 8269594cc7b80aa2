package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WorkerThreadsTest {

  @Test
  void workersThatObeyTheirInterruptAreGoneAndOneThatDoesNotIsNamed() throws InterruptedException {
    WorkerThreads workers = new WorkerThreads(2, WorkerKind.platform("stubborn-"));
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
