package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The timers of a runner: one thread tells when, the workers run what is due. */
final class ScheduledTimers implements Timers {

  private final ScheduledExecutorService timer;
  private final Executor workers;

  /**
   * Timers.
   *
   * @param timer tells when; closed by its owner
   * @param workers run the tasks
   */
  ScheduledTimers(ScheduledExecutorService timer, Executor workers) {
    this.timer = timer;
    this.workers = workers;
  }

  @Override
  public void after(Duration delay, Runnable task) {
    try {
      Future<?> unused =
          timer.schedule(() -> workers.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // The partition is left to its next owner.
    }
  }
}
