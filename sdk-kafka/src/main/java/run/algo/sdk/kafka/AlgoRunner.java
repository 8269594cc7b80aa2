package run.algo.sdk.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.internal.engine.Intake;
import run.algo.sdk.kafka.internal.execute.AlgoForm;

/**
 * Runs Algos on Kafka within a program of one's own; {@link AlgoMain} is the program for whoever
 * has none.
 *
 * <pre>{@code
 * try (AlgoRunner runner = AlgoRunner.builder(new Uppercase()).build()) {
 *   runner.start();
 *   runner.awaitEnd();
 * }
 * }</pre>
 *
 * <p>A runner may be paused and drained while it runs, and started again after it was closed or has
 * failed: on the same Algo object, with metrics that begin anew. Several may run in one process;
 * what one has opened, threads and sockets, is gone when its {@link #close} returns.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class AlgoRunner implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AlgoRunner.class);

  private final AlgoSettings settings;
  private final AlgoRunnerBuilder.Parts parts;
  private final RunnerLife.Witness witness = new StateKeeper();
  private volatile RunnerLife life;
  private volatile RunnerState state = RunnerState.NEW;

  AlgoRunner(AlgoSettings settings, AlgoRunnerBuilder.Parts parts) {
    this.settings = settings;
    this.parts = parts;
    this.life = new RunnerLife(parts, settings, witness);
  }

  /**
   * A runner of one Algo whose class tells its types, for deployments with one input and at most
   * one output.
   *
   * @param algo the Algo
   * @return a builder
   * @throws IllegalArgumentException when the class does not tell its types, as a lambda's does
   *     not; the message says what to do
   */
  @SuppressWarnings("overloads") // ambiguous for lambdas alone, which tell no types
  public static AlgoRunnerBuilder builder(Algo<?, ?> algo) {
    return undeclared(new AlgoForm.Sync(algo));
  }

  /**
   * A runner of one asynchronous Algo whose class tells its types, for deployments with one input
   * and at most one output.
   *
   * @param algo the Algo
   * @return a builder
   * @throws IllegalArgumentException when the class does not tell its types, as a lambda's does
   *     not; the message says what to do
   */
  @SuppressWarnings("overloads") // ambiguous for lambdas alone, which tell no types
  public static AlgoRunnerBuilder builder(AsyncAlgo<?, ?> algo) {
    return undeclared(new AlgoForm.Async(algo));
  }

  /**
   * A runner of one batch Algo whose class tells its types, for deployments with one input and at
   * most one output.
   *
   * @param algo the Algo
   * @return a builder
   * @throws IllegalArgumentException when the class does not tell its types, as a lambda's does
   *     not; the message says what to do
   */
  public static AlgoRunnerBuilder builder(BatchAlgo<?, ?> algo) {
    return undeclared(new AlgoForm.Batch(algo));
  }

  private static AlgoRunnerBuilder undeclared(AlgoForm form) {
    AlgoRunnerBuilder builder = new AlgoRunnerBuilder();
    builder.wiring.undeclared(form);
    return builder;
  }

  /**
   * A runner whose inputs and outputs are named by {@link AlgoRunnerBuilder#input} and its kin.
   *
   * @return a builder
   */
  public static AlgoRunnerBuilder builder() {
    return new AlgoRunnerBuilder();
  }

  /**
   * Starts the runner's threads and returns; the way to the first record goes on by itself, and
   * waits for brokers that are not there yet. The port of metrics and health is open from here to
   * the end of {@link #close}, of a runner that has failed too.
   *
   * @throws IllegalStateException when it has been started and has not ended
   * @throws AlgoConfigurationException when the port cannot be bound, as when another process or
   *     another runner of this one has it; the runner has {@linkplain RunnerState#FAILED failed}
   *     then
   */
  public void start() {
    RunnerLife fresh;
    synchronized (this) {
      if (!state.restful()) {
        throw new IllegalStateException(
            "the runner is " + state + ": close it before it is started again");
      }
      if (state != RunnerState.NEW) {
        life.forget(); // the port, of one that has failed
        life = new RunnerLife(parts, settings, witness);
      }
      fresh = life;
      state = RunnerState.STARTING;
    }
    settings.warnings().forEach(log::warn);
    Support.warnings(settings).forEach(log::warn);
    // The first line that tells which process this is.
    Assembly.logContext(settings, false)
        .inProcess(() -> log.info("starting with {}", settings.effective()));
    fresh.start(() -> tell(RunnerState.STARTING));
  }

  /**
   * Reads nothing and begins no execution until {@link #resume}, and stays in the group: the
   * partitions remain this runner's, also those that it gets meanwhile. Executions under way end
   * normally and are committed. Returns at once; it is so from when the state is {@link
   * RunnerState#PAUSED}, moments later, or once the group has been joined.
   *
   * <p>A paused runner is healthy and not {@linkplain #notReady ready}.
   *
   * @throws IllegalStateException when the runner is not started, or closes
   */
  public void pause() {
    intake("paused").pause();
  }

  /**
   * Ends {@link #pause} and {@link #drain}; without effect on a runner that reads. Returns at once.
   *
   * @throws IllegalStateException when the runner is not started, or closes
   */
  public void resume() {
    intake("resumed").resume();
  }

  /**
   * Reads nothing more, executes what was read, also what a pause had kept from it, and waits until
   * all of it is settled and committed. It remains so until {@link #resume}, whatever is returned:
   * the runner stays in the group, {@linkplain RunnerState#DRAINING draining}, then {@linkplain
   * RunnerState#PAUSED paused}, and is not {@linkplain #notReady ready}.
   *
   * @param timeout how long to wait at most
   * @return whether all is settled and committed; false at the timeout, as when a partition is
   *     halted, and when the runner is paused, resumed, closed or fails meanwhile
   * @throws IllegalStateException when the runner is not started, or closes; and in a state
   *     listener, whose thread is the one that drains
   * @throws InterruptedException when the waiting thread is interrupted; the runner drains on
   */
  public boolean drain(Duration timeout) throws InterruptedException {
    if (life.onOwnThread()) {
      throw new IllegalStateException(
          "a state listener is called by the thread that drains: drain on another");
    }
    CompletableFuture<Boolean> drained = intake("drained").drain();
    try {
      return drained.get(nanos(timeout), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a drain has no way to fail", e);
    }
  }

  private synchronized Intake intake(String what) {
    if (!state.alive()) {
      throw new IllegalStateException(
          "the runner is " + state + " and cannot be " + what + ": start it first");
    }
    return life.intake();
  }

  /**
   * Ends the runner: begins no further execution, waits for those under way and their sends for at
   * most {@code ALGO_SHUTDOWN_TIMEOUT}, commits, and leaves the group. What was read and not begun
   * is left to the next owner. Executions that have not ended by then are interrupted; one that
   * ignores that for a second is left behind, and the log names its thread. Returns when all that
   * has happened, except to a state listener; calling it again is harmless. The runner may be
   * {@linkplain #start started} again then.
   */
  @Override
  public void close() {
    RunnerLife ending;
    RunnerState before;
    synchronized (this) {
      ending = life;
      before = state;
      if (before == RunnerState.NEW) {
        state = RunnerState.CLOSED;
      } else if (before.alive()) {
        state = RunnerState.CLOSING;
      }
    }
    if (before == RunnerState.NEW) {
      ending.skip();
      tell(RunnerState.CLOSED);
      return;
    }
    if (before.alive()) {
      tell(RunnerState.CLOSING);
      ending.end();
    }
    ending.awaitGone();
    if (ending.failure().isPresent()) {
      ending.forget();
    }
  }

  /**
   * Waits until the runner has ended.
   *
   * @throws InterruptedException when the waiting thread is interrupted; the runner goes on
   */
  public void awaitEnd() throws InterruptedException {
    life.awaitEnd();
  }

  /**
   * Waits until the runner has ended, for some time.
   *
   * @param timeout how long at most
   * @return whether it has ended
   * @throws InterruptedException when the waiting thread is interrupted; the runner goes on
   */
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return life.awaitEnd(nanos(timeout));
  }

  /** As many as there are in a long, for times longer than that. */
  private static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time);
  }

  /** {@return where the runner is in its life} */
  public RunnerState state() {
    return state;
  }

  /**
   * What ended a runner that {@linkplain RunnerState#FAILED failed}.
   *
   * @return the error, until the runner is started again
   */
  public Optional<Throwable> failure() {
    return life.failure();
  }

  /**
   * Why the runner is not ready for work: it has not joined its group yet, is paused, drains or
   * closes, the brokers refuse it, or a partition is halted. None of these is a reason to restart
   * it, which is what {@code /health} tells.
   *
   * @return the reasons, one line each; none when it is ready
   */
  public List<String> notReady() {
    return life.notReady();
  }

  /**
   * The port of {@code /metrics}, {@code /health} and {@code /ready}: of use where {@code
   * ALGO_METRICS_PORT} is 0, for any free one.
   *
   * @return the port it is bound to; empty when it is off, before {@link #start} and after {@link
   *     #close}
   */
  public OptionalInt metricsPort() {
    return life.port();
  }

  /** {@return the settings it runs with} */
  public AlgoSettings settings() {
    return settings;
  }

  /** Makes states of what a life tells. */
  private final class StateKeeper implements RunnerLife.Witness {

    @Override
    public RunnerState state() {
      return state;
    }

    @Override
    public void intake(Intake.Effect now) {
      RunnerState next =
          switch (now) {
            case OPEN -> RunnerState.RUNNING;
            case DRAINING -> RunnerState.DRAINING;
            case PAUSED -> RunnerState.PAUSED;
          };
      synchronized (AlgoRunner.this) {
        if (!state.alive()) {
          return; // it closes
        }
        state = next;
      }
      tell(next);
    }

    @Override
    public void ended(RunnerState last) {
      synchronized (AlgoRunner.this) {
        state = last;
      }
      tell(last);
    }
  }

  private void tell(RunnerState now) {
    for (Consumer<RunnerState> listener : parts.listeners()) {
      try {
        listener.accept(now);
      } catch (RuntimeException e) {
        log.error("a state listener failed at {}", now, e);
      }
    }
  }
}
