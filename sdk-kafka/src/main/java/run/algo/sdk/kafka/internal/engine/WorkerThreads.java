package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that execute the Algo: at most so many at once, of the one kind or the other. */
public final class WorkerThreads implements Executor {

  private static final Logger log = LoggerFactory.getLogger(WorkerThreads.class);

  private final ThreadPoolExecutor pool;
  private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

  /**
   * Worker threads.
   *
   * @param concurrency most executions at once
   * @param threads makes the threads
   */
  public WorkerThreads(int concurrency, ThreadFactory threads) {
    this.pool =
        new ThreadPoolExecutor(
            concurrency,
            concurrency,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> threads.newThread(() -> live(task)));
    pool.allowCoreThreadTimeOut(true);
    // What comes after the close belongs to a partition that the next owner starts over.
    pool.setRejectedExecutionHandler((task, executor) -> {});
  }

  @Override
  public void execute(Runnable task) {
    pool.execute(
        () -> {
          try {
            task.run();
          } catch (Throwable t) { // a worker survives whatever it runs
            if (!pool.isShutdown()) {
              log.error("a task of the runner failed", t);
            }
          }
        });
  }

  private void live(Runnable task) {
    alive.add(Thread.currentThread());
    try {
      task.run();
    } finally {
      alive.remove(Thread.currentThread());
    }
  }

  /**
   * After {@link #interrupt}: waits until all have ended.
   *
   * @param timeout how long at most
   * @return those that have not, which ignore interrupts
   */
  List<Thread> awaitEnd(Duration timeout) {
    boolean ended = false;
    boolean interrupted = false;
    long deadline = System.nanoTime() + timeout.toNanos();
    do {
      try {
        ended = pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true; // the wait is bounded
      }
    } while (!ended && deadline - System.nanoTime() > 0);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended ? List.of() : List.copyOf(alive);
  }

  /** Takes no more tasks and interrupts those that run. */
  public void interrupt() {
    pool.shutdownNow();
  }
}
