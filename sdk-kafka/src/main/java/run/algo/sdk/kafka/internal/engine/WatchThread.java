package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.execute.Deadlines;

/**
 * The thread that watches the workers: deadlines, and whether virtual threads get on. It never
 * hands its tasks to a worker, since busy workers are what it is there for; so nothing on it may
 * block. It exists only once there is something to watch. Thread-safe.
 */
public final class WatchThread implements Deadlines.Time, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WatchThread.class);

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, WorkerKind.platform("algo-watch-"));

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public void after(Duration delay, Runnable task) {
    try {
      Future<?> unused = timer.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // There is nothing left to be watched.
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) { // whatever it is, executions go on
      if (!timer.isShutdown()) {
        log.error("a watch over the executions failed", t);
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
