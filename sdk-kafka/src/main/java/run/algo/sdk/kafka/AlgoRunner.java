package run.algo.sdk.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.internal.engine.Engine;
import run.algo.sdk.kafka.internal.engine.WorkerKind;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.kafka.internal.observe.Condition;
import run.algo.sdk.kafka.internal.observe.Health;
import run.algo.sdk.kafka.internal.observe.RunnerMetrics;

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
 * <p>Thread-safe. A runner runs once; several may run in one process.
 *
 * @since 0.1.0
 */
public final class AlgoRunner implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AlgoRunner.class);

  private final AlgoSettings settings;
  private final List<Consumer<RunnerState>> listeners;
  private final Engine engine;
  private final Observation observation;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile RunnerState state = RunnerState.NEW;
  private volatile @Nullable Throwable failure;
  private volatile Condition condition = new Condition.Calm();

  AlgoRunner(AlgoRunnerBuilder builder, AlgoSettings settings, Wiring wiring) {
    this.settings = settings;
    this.listeners = List.copyOf(builder.listeners);
    Assembly assembly = new Assembly(settings, wiring);
    RunnerMetrics metrics =
        new RunnerMetrics(
            settings.runnerConfig().identity(),
            assembly.counters(),
            Optional.ofNullable(builder.meterRegistry));
    this.engine =
        assembly.engine(
            new MeteredClients(builder.clients, metrics),
            () -> moveTo(RunnerState.STARTING, RunnerState.RUNNING));
    Health health =
        new Health(
            settings.engine().healthGrace(),
            assembly.plan().times().longestTurn(),
            System::nanoTime,
            this::condition);
    this.observation = new Observation(settings.http(), metrics, health, this::notReady);
    this.thread = WorkerKind.platform("algo-poll-").newThread(this::live);
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
   * @throws IllegalStateException when it was started or closed before
   * @throws AlgoConfigurationException when the port cannot be bound, as when another process or
   *     another runner of this one has it; the runner has {@linkplain RunnerState#FAILED failed}
   *     then
   */
  public void start() {
    if (!moveTo(RunnerState.NEW, RunnerState.STARTING)) {
      throw new IllegalStateException("a runner runs once; this one is " + state);
    }
    settings.warnings().forEach(log::warn);
    Support.warnings(settings).forEach(log::warn);
    log.info("starting with {}", settings.effective());
    try {
      observation.open();
    } catch (RuntimeException e) { // whoever waits for the end must not wait for ever
      failed(e);
      throw e;
    }
    thread.start();
  }

  /**
   * Ends the runner: begins no further execution, waits for those under way and their sends for at
   * most {@code ALGO_SHUTDOWN_TIMEOUT}, commits, and leaves the group. What was read and not begun
   * is left to the next owner. Returns when all that has happened, except to a state listener;
   * calling it again is harmless.
   */
  @Override
  public void close() {
    if (moveTo(RunnerState.NEW, RunnerState.CLOSED)) {
      observation.close();
      ended.countDown();
      return;
    }
    if (moveTo(RunnerState.STARTING, RunnerState.CLOSING)
        || moveTo(RunnerState.RUNNING, RunnerState.CLOSING)) {
      engine.close();
    }
    if (Thread.currentThread() == thread) {
      return; // a state listener: this thread is the one that will do it
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the drain has its own deadline
      }
    }
    observation.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until the runner has ended.
   *
   * @throws InterruptedException when the waiting thread is interrupted; the runner goes on
   */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /**
   * Waits until the runner has ended, for some time.
   *
   * @param timeout how long at most
   * @return whether it has ended
   * @throws InterruptedException when the waiting thread is interrupted; the runner goes on
   */
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** {@return where the runner is in its life} */
  public RunnerState state() {
    return state;
  }

  /** {@return what ended a runner that {@linkplain RunnerState#FAILED failed}} */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Why the runner is not ready for work: it has not joined its group yet or is closing, the
   * brokers refuse it, or a partition is halted.
   *
   * @return the reasons, one line each; none when it is ready
   */
  public List<String> notReady() {
    List<String> reasons = new ArrayList<>();
    RunnerState now = state;
    if (now != RunnerState.RUNNING) {
      reasons.add("the runner is " + now);
    }
    engine.trouble().ifPresent(reasons::add);
    engine
        .halts()
        .forEach(
            (partition, halt) ->
                reasons.add(
                    partition
                        + " is halted at offset "
                        + halt.position().offset()
                        + ": "
                        + halt.what()));
    return List.copyOf(reasons);
  }

  /**
   * The port of {@code /metrics}, {@code /health} and {@code /ready}: of use where {@code
   * ALGO_METRICS_PORT} is 0, for any free one.
   *
   * @return the port it is bound to; empty when it is off, before {@link #start} and after {@link
   *     #close}
   */
  public OptionalInt metricsPort() {
    return observation.port();
  }

  /** {@return the settings it runs with} */
  public AlgoSettings settings() {
    return settings;
  }

  private void live() {
    try {
      engine.run();
      end(RunnerState.CLOSED);
    } catch (Throwable t) { // whatever ends the loop is told to whoever waits
      if (!(t instanceof AlgoConfigurationException)) {
        log.error("the runner cannot go on", t);
      }
      failed(t);
    }
  }

  private void failed(Throwable error) {
    failure = error;
    condition = new Condition.Failed(System.nanoTime(), error.getClass().getName());
    end(RunnerState.FAILED);
  }

  /** Whether a restart could help; {@link Health} judges. */
  private Condition condition() {
    Condition known = condition;
    OptionalLong turn = engine.turnBegan();
    return known instanceof Condition.Failed || turn.isEmpty()
        ? known
        : new Condition.Turning(turn.getAsLong());
  }

  private void end(RunnerState last) {
    synchronized (this) {
      state = last;
    }
    tell(last);
    ended.countDown();
  }

  private boolean moveTo(RunnerState from, RunnerState to) {
    synchronized (this) {
      if (state != from) {
        return false;
      }
      state = to;
    }
    tell(to);
    return true;
  }

  private void tell(RunnerState now) {
    for (Consumer<RunnerState> listener : listeners) {
      try {
        listener.accept(now);
      } catch (RuntimeException e) {
        log.error("a state listener failed at {}", now, e);
      }
    }
  }
}
