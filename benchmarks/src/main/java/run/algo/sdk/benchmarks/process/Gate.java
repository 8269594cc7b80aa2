package run.algo.sdk.benchmarks.process;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A work that holds what comes until somebody opens it, so that as many records are in flight as
 * are wanted, for as long as they are looked at. Then it holds what comes next. Safe for use by
 * several threads; to be opened when nobody comes.
 */
final class Gate implements Work {

  private final AtomicInteger held = new AtomicInteger();
  private final Queue<Runnable> stages = new ConcurrentLinkedQueue<>();
  private volatile CountDownLatch closed = new CountDownLatch(1);

  @Override
  public void run() throws InterruptedException {
    CountDownLatch latch = closed;
    held.incrementAndGet();
    latch.await();
  }

  @Override
  public <T> CompletionStage<T> begin(T result, ScheduledExecutorService timer) {
    CompletableFuture<T> stage = new CompletableFuture<>();
    stages.add(() -> stage.complete(result));
    held.incrementAndGet();
    return stage;
  }

  @Override
  public boolean waits() {
    return true;
  }

  @Override
  public String spec() {
    throw new UnsupportedOperationException("a gate is opened in the process that has it");
  }

  /** {@return how many it holds} */
  int held() {
    return held.get();
  }

  /** Lets go all that it holds. */
  void open() {
    CountDownLatch latch = closed;
    closed = new CountDownLatch(1);
    held.set(0);
    latch.countDown();
    for (Runnable stage = stages.poll(); stage != null; stage = stages.poll()) {
      stage.run();
    }
  }
}
