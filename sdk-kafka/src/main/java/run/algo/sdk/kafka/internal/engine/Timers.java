package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;

/** Runs tasks later, on the workers, since they may block. Thread-safe. */
public interface Timers {

  /**
   * Runs a task later.
   *
   * @param delay when
   * @param task the task; lost without a trace once the runner has closed
   */
  void after(Duration delay, Runnable task);
}
