package run.algo.sdk.kafka.internal.observe;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A few daemon threads for requests, each with a time limit.
 *
 * <p>What takes too long has its thread interrupted: a page that waits for something then fails,
 * and the thread is free again.
 */
final class RequestThreads implements Executor, AutoCloseable {

  private final ThreadPoolExecutor pool;
  private final Duration limit;
  private final ScheduledExecutorService clock;

  /**
   * Threads.
   *
   * @param name begins the threads' names
   * @param threads how many
   * @param waiting most requests that wait for a thread; further ones are refused
   * @param limit longest time of a request
   * @param clock interrupts; closed by its owner
   */
  RequestThreads(
      String name, int threads, int waiting, Duration limit, ScheduledExecutorService clock) {
    AtomicInteger next = new AtomicInteger();
    this.limit = limit;
    this.clock = clock;
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            task -> {
              Thread thread = new Thread(task, name + next.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs a task.
   *
   * @throws RejectedExecutionException when too many wait already
   */
  @Override
  public void execute(Runnable task) {
    pool.execute(new Limited(task));
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }

  private final class Limited implements Runnable {

    private final Runnable task;
    private @Nullable Thread thread;

    Limited(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      begin();
      ScheduledFuture<?> end =
          clock.schedule(this::interrupt, limit.toNanos(), TimeUnit.NANOSECONDS);
      try {
        task.run();
      } finally {
        end.cancel(false);
        end();
      }
    }

    private synchronized void begin() {
      thread = Thread.currentThread();
    }

    /** The next request of the thread must not inherit this one's interrupt. */
    @SuppressWarnings("ResultOfMethodCallIgnored")
    private synchronized void end() {
      thread = null;
      if (!pool.isShutdown()) {
        Thread.interrupted();
      }
    }

    private synchronized void interrupt() {
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      }
    }
  }
}
