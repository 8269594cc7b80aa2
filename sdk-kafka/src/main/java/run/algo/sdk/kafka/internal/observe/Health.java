package run.algo.sdk.kafka.internal.observe;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says whether a restart of the process could help. That is all {@code /health} is about: the
 * operator kills what is not healthy, and a runner that waits for brokers, for partitions or for a
 * topic it may not write to would only wait again. Thread-safe.
 */
public final class Health {

  private final Duration grace;
  private final Duration longestTurn;
  private final LongSupplier nanoTime;
  private final Supplier<Condition> runner;

  /**
   * A check.
   *
   * @param grace how long a failure lasts before it is told
   * @param longestTurn how long a turn of the poll thread may take when all is well
   * @param nanoTime monotonic clock, in nanoseconds
   * @param runner how the runner is now
   */
  public Health(
      Duration grace, Duration longestTurn, LongSupplier nanoTime, Supplier<Condition> runner) {
    this.grace = grace;
    this.longestTurn = longestTurn;
    this.nanoTime = nanoTime;
    this.runner = runner;
  }

  /** {@return why the process should be restarted; empty when it should not} */
  public Optional<String> ailment() {
    return ailment(runner.get());
  }

  private Optional<String> ailment(Condition condition) {
    if (condition instanceof Condition.Overrun overrun) {
      return since(overrun.since()).compareTo(grace) >= 0
          ? Optional.of(
              overrun.running()
                  + " executions that have timed out still run, more than ALGO_ABANDONED_LIMIT="
                  + overrun.limit())
          : ailment(overrun.otherwise());
    }
    if (condition instanceof Condition.Failed failed) {
      return since(failed.since()).compareTo(grace) >= 0
          ? Optional.of("the runner has failed: " + failed.error())
          : Optional.empty();
    }
    if (condition instanceof Condition.Turning turning) {
      Duration idle = since(turning.lastTurn());
      return idle.compareTo(longestTurn.plus(grace)) > 0
          ? Optional.of("the poll thread has not turned for " + idle.toSeconds() + " s")
          : Optional.empty();
    }
    return Optional.empty();
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(nanoTime.getAsLong() - nanos);
  }
}
