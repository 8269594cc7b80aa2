package run.algo.sdk.kafka.internal.observe;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;

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
  private final Progress progress;

  /**
   * Whether the runner gets on.
   *
   * @param stuckAfter how long nothing may be settled while there is work
   * @param view how the runner is
   */
  public record Progress(Duration stuckAfter, Supplier<RunnerView> view) {}

  /**
   * A check.
   *
   * @param grace how long a failure lasts before it is told
   * @param longestTurn how long a turn of the poll thread may take when all is well
   * @param nanoTime monotonic clock, in nanoseconds
   * @param runner how the runner is now
   * @param progress whether it gets on
   */
  public Health(
      Duration grace,
      Duration longestTurn,
      LongSupplier nanoTime,
      Supplier<Condition> runner,
      Progress progress) {
    this.grace = grace;
    this.longestTurn = longestTurn;
    this.nanoTime = nanoTime;
    this.runner = runner;
    this.progress = progress;
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
    if (condition instanceof Condition.Producerless lost) {
      return since(lost.since()).compareTo(grace) >= 0
          ? Optional.of(
              "the producer has failed for good, and no other has worked since: " + lost.error())
          : ailment(lost.otherwise());
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
          : stuck();
    }
    return Optional.empty();
  }

  /** A slow Algo settles something now and then; one that hangs, or has deadlocked, does not. */
  private Optional<String> stuck() {
    double least = progress.stuckAfter().plus(grace).toMillis() / 1000.0;
    return progress.view().get().partitions().stream()
        .filter(partition -> partition.stuck() && partition.idleSeconds() >= least)
        .max(Comparator.comparingDouble(PartitionView::idleSeconds))
        .map(Health::tell);
  }

  private static String tell(PartitionView partition) {
    StringBuilder out =
        new StringBuilder()
            .append(partition.topic())
            .append('-')
            .append(partition.partition())
            .append(" has settled nothing for ")
            .append((long) partition.idleSeconds())
            .append(" s while work waits (ALGO_STUCK_AFTER)");
    partition.oldest().ifPresent(record -> tell(record, out));
    return out.toString();
  }

  private static void tell(Slow record, StringBuilder out) {
    out.append(": offset ").append(record.offset());
    if (!record.traceId().isEmpty()) {
      out.append(", trace ").append(record.traceId());
    }
    if (!record.begun()) {
      out.append(", waits and is not begun");
    } else if (record.thread().isEmpty()) {
      out.append(", is executed by no thread: its stage has not been completed");
    } else {
      out.append(", is executed by thread ").append(record.thread());
      record.stack().forEach(frame -> out.append("\n\tat ").append(frame));
    }
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(nanoTime.getAsLong() - nanos);
  }
}
