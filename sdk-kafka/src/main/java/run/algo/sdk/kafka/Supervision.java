package run.algo.sdk.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import run.algo.sdk.kafka.config.EngineSettings;
import run.algo.sdk.kafka.internal.engine.VirtualTime;
import run.algo.sdk.kafka.internal.engine.WatchThread;
import run.algo.sdk.kafka.internal.engine.WorkerKind;
import run.algo.sdk.kafka.internal.engine.WorkerThreads;
import run.algo.sdk.kafka.internal.execute.Abandoned;
import run.algo.sdk.kafka.internal.execute.Deadlines;
import run.algo.sdk.kafka.internal.observe.Condition;
import run.algo.sdk.kafka.internal.observe.RunnerCounters;

/** A runner's workers, and what watches over them: deadlines, and whether they get on at all. */
final class Supervision implements AutoCloseable {

  private static final String WORKERS = "algo-worker-";

  private final WatchThread watch = new WatchThread();
  private final WorkerThreads threads;
  private final Abandoned abandoned;
  private final Deadlines deadlines;

  /**
   * Supervision; nothing runs before there is work.
   *
   * @param settings the timeout and what follows it
   * @param crew how many work
   * @param counters are told of abandoned executions
   */
  Supervision(EngineSettings settings, Crew crew, RunnerCounters counters) {
    this.threads = crew.virtual() ? virtual(crew.threads()) : platform(crew.threads());
    this.abandoned =
        new Abandoned(
            settings.abandonedLimit(),
            watch::nanos,
            running -> {
              threads.abandoned(running);
              counters.abandoned(running);
            });
    this.deadlines =
        settings
            .timeout()
            .map(
                timeout ->
                    new Deadlines(timeout, watch, crew.executions(), abandoned, threads::heldUp))
            .orElseGet(Deadlines::none);
  }

  /**
   * How many work.
   *
   * @param executions most executions at once
   * @param threads most threads, abandoned ones apart
   * @param virtual whether they are virtual, where this Java has such
   */
  record Crew(int executions, int threads, boolean virtual) {}

  private WorkerThreads virtual(int count) {
    ThreadFactory standIns = WorkerKind.platform("algo-stand-in-");
    return WorkerKind.virtualFactory(WORKERS)
        .map(virtual -> WorkerThreads.virtual(count, virtual, standIns, watch))
        .orElseGet(() -> platform(count));
  }

  private static WorkerThreads platform(int count) {
    return new WorkerThreads(count, WorkerKind.platform(WORKERS));
  }

  /** Deadlines in virtual time, where nothing is abandoned since nothing has a thread. */
  static Deadlines virtual(EngineSettings settings, VirtualTime time, Instant start) {
    Optional<Duration> timeout = settings.timeout();
    if (timeout.isEmpty()) {
      return Deadlines.none();
    }
    Deadlines.Time view =
        new Deadlines.Time() {
          @Override
          public long nanos() {
            return time.nanos();
          }

          @Override
          public Instant now() {
            return start.plusNanos(time.nanos());
          }

          @Override
          public void after(Duration delay, Runnable task) {
            time.after(delay, task);
          }
        };
    Abandoned abandoned = new Abandoned(settings.abandonedLimit(), time::nanos, running -> {});
    return new Deadlines(timeout.get(), view, 1, abandoned, thread -> false);
  }

  WorkerThreads threads() {
    return threads;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  /** How the runner is, in view of what was abandoned. */
  Condition condition(Condition otherwise) {
    return abandoned
        .excess()
        .<Condition>map(
            excess ->
                new Condition.Overrun(excess.since(), excess.running(), excess.limit(), otherwise))
        .orElse(otherwise);
  }

  /** Watches no more; the workers are ended by the engine. */
  @Override
  public void close() {
    watch.close();
  }
}
