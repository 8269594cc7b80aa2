package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs tasks later, on the workers, since they may block. */
public final class Timers {

  private final ScheduledExecutorService timer;
  private final Executor workers;

  /**
   * Timers.
   *
   * @param timer tells when; closed by its owner
   * @param workers run the tasks
   */
  public Timers(ScheduledExecutorService timer, Executor workers) {
    this.timer = timer;
    this.workers = workers;
  }

  /**
   * Runs a task later.
   *
   * @param delay when
   * @param task the task; lost without a trace once the runner has closed
   */
  public void after(Duration delay, Runnable task) {
    try {
      Future<?> unused =
          timer.schedule(() -> workers.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // The partition is left to its next owner.
    }
  }
}
