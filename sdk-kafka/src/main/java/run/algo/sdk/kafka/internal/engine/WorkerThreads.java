package run.algo.sdk.kafka.internal.engine;

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

  /**
   * Worker threads.
   *
   * @param concurrency most executions at once
   * @param threads makes the threads
   */
  public WorkerThreads(int concurrency, ThreadFactory threads) {
    this.pool =
        new ThreadPoolExecutor(
            concurrency, concurrency, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
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

  /** Takes no more tasks and interrupts those that run. */
  public void interrupt() {
    pool.shutdownNow();
  }
}
