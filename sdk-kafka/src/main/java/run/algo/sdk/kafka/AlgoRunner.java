package run.algo.sdk.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.Delivery;
import run.algo.sdk.kafka.config.FailureAction;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.Setting;
import run.algo.sdk.kafka.config.SettingsSource;
import run.algo.sdk.kafka.config.ThreadModel;
import run.algo.sdk.kafka.internal.engine.Engine;
import run.algo.sdk.kafka.internal.engine.KafkaClients;
import run.algo.sdk.kafka.internal.engine.WorkerKind;
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

  private AlgoRunner(Builder builder, AlgoSettings settings, Wiring wiring) {
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
            assembly.loopSettings().longestTurn(),
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
  public static Builder builder(Algo<?, ?> algo) {
    Builder builder = new Builder();
    builder.wiring.undeclared(algo);
    return builder;
  }

  /**
   * A runner whose inputs and outputs are named by {@link Builder#input}.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
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
   * is left to the next owner. Returns when all that has happened; calling it again is harmless.
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

  /**
   * Declares what runs, and overrides settings. What is set here beats a system property, which
   * beats an environment variable. Not thread-safe.
   */
  public static final class Builder {

    private final Wiring.Builder wiring = new Wiring.Builder();
    private final Map<String, String> overrides = new HashMap<>();
    private final List<Consumer<RunnerState>> listeners = new ArrayList<>();
    private Map<String, String> environment = System.getenv();
    private Properties properties = System.getProperties();
    private KafkaClients clients = KafkaClients.REAL;
    private @Nullable MeterRegistry meterRegistry;

    private Builder() {}

    /**
     * An input, the Algo that reads it, and the output that takes what the Algo returns.
     *
     * @param input the input
     * @param algo the Algo
     * @param output the output
     * @param <I> type of the input's values
     * @param <O> type of the output's values
     * @return this
     * @throws IllegalArgumentException when the input has an Algo already
     */
    public <I, O> Builder input(Pipe<I> input, Algo<? super I, ? extends O> algo, Pipe<O> output) {
      wiring.input(input, algo, output);
      return this;
    }

    /**
     * An input and the Algo that reads it, which returns nothing; it may still {@linkplain
     * run.algo.sdk.AlgoContext#emit(Pipe, Object) emit}.
     *
     * @param input the input
     * @param algo the Algo
     * @param <I> type of the input's values
     * @return this
     * @throws IllegalArgumentException when the input has an Algo already
     */
    public <I> Builder input(Pipe<I> input, Algo<? super I, Void> algo) {
      wiring.input(input, algo, null);
      return this;
    }

    /**
     * An output that Algos emit to. That it has a topic is checked when the runner is built.
     *
     * @param output the output
     * @return this
     */
    public Builder output(Pipe<?> output) {
      wiring.output(output, false);
      return this;
    }

    /**
     * An output that may have no topic in this deployment; {@link
     * run.algo.sdk.AlgoContext#hasOutput} tells.
     *
     * @param output the output
     * @return this
     */
    public Builder optionalOutput(Pipe<?> output) {
      wiring.output(output, true);
      return this;
    }

    /**
     * Takes the environment from a map instead of the process.
     *
     * @param variables the variables
     * @return this
     */
    public Builder environment(Map<String, String> variables) {
      environment = Map.copyOf(variables);
      return this;
    }

    /**
     * Takes properties from here instead of the system's.
     *
     * @param properties the properties
     * @return this
     */
    public Builder properties(Properties properties) {
      this.properties = (Properties) properties.clone();
      return this;
    }

    /**
     * Sets any variable of the protocol, {@code KAFKA_*} included, as if the environment held it.
     *
     * @param variable the variable, such as {@code ALGO_GROUP_ID}
     * @param value its value
     * @return this
     */
    public Builder set(String variable, String value) {
      overrides.put(variable, value);
      return this;
    }

    /**
     * Sets a setting by its text.
     *
     * @param setting the setting
     * @param value its value
     * @return this
     */
    public Builder set(Setting setting, String value) {
      return set(setting.variable(), value);
    }

    /**
     * Sets {@code ALGO_GROUP_ID}.
     *
     * @param groupId the consumer group
     * @return this
     */
    public Builder groupId(String groupId) {
      return set(Setting.GROUP_ID, groupId);
    }

    /**
     * Sets {@code ALGO_ORDERING}.
     *
     * @param ordering which records are executed one at a time
     * @return this
     */
    public Builder ordering(Ordering ordering) {
      return set(Setting.ORDERING, ordering.wireName());
    }

    /**
     * Sets {@code ALGO_CONCURRENCY}.
     *
     * @param executions most executions at once
     * @return this
     */
    public Builder concurrency(int executions) {
      return set(Setting.CONCURRENCY, Integer.toString(executions));
    }

    /**
     * Sets {@code ALGO_THREADS}.
     *
     * @param threads on which kind of threads the Algo is executed
     * @return this
     */
    public Builder threads(ThreadModel threads) {
      return set(Setting.THREADS, threads.wireName());
    }

    /**
     * Sets {@code ALGO_DELIVERY}.
     *
     * @param delivery the guarantee
     * @return this
     */
    public Builder delivery(Delivery delivery) {
      return set(Setting.DELIVERY, delivery.wireName());
    }

    /**
     * Sets {@code ALGO_ON_FAILURE}.
     *
     * @param action what happens to a record that failed for good
     * @return this
     */
    public Builder onFailure(FailureAction action) {
      return set(Setting.ON_FAILURE, action.wireName());
    }

    /**
     * Sets {@code ALGO_MAX_IN_FLIGHT}.
     *
     * @param records most records read and not settled
     * @return this
     */
    public Builder maxInFlight(int records) {
      return set(Setting.MAX_IN_FLIGHT, Integer.toString(records));
    }

    /**
     * Sets {@code ALGO_SHUTDOWN_TIMEOUT}.
     *
     * @param timeout most time for the drain when the runner closes
     * @return this
     */
    public Builder shutdownTimeout(Duration timeout) {
      return set(Setting.SHUTDOWN_TIMEOUT, timeout.toMillis() + "ms");
    }

    /**
     * Sets {@code ALGO_METRICS_PORT}.
     *
     * @param port the port of metrics and health, 0 for any free one; {@code set(
     *     Setting.METRICS_PORT, "off")} closes it
     * @return this
     */
    public Builder metricsPort(int port) {
      return set(Setting.METRICS_PORT, Integer.toString(port));
    }

    /**
     * Puts the runner's metrics and those of its Kafka clients into a registry of the program's,
     * besides the port's own, from {@link AlgoRunner#start} to {@link AlgoRunner#close}. Durations
     * have no buckets there; {@code algorunner_algo_error} and {@code algorunner_runner_error},
     * which no meter can be, and the JVM's metrics are at the port alone. Runners that share a
     * registry must differ in their identity or in the names of their inputs, else one hides the
     * other.
     *
     * @param registry the registry; the runner never closes it
     * @return this
     */
    public Builder meterRegistry(MeterRegistry registry) {
      meterRegistry = registry;
      return this;
    }

    /**
     * Is told every state the runner reaches, on the thread that brings it there; should not block.
     *
     * @param listener takes the state
     * @return this
     */
    public Builder onState(Consumer<RunnerState> listener) {
      listeners.add(listener);
      return this;
    }

    /** For tests: other clients. */
    Builder clients(KafkaClients factory) {
      clients = factory;
      return this;
    }

    /**
     * Reads and checks all settings.
     *
     * @return a runner, not started
     * @throws AlgoConfigurationException with all that is wrong, together
     * @throws IllegalStateException when no input was declared
     */
    public AlgoRunner build() {
      Wiring wired = wiring.build();
      Map<String, String> texts = new HashMap<>();
      for (String name : properties.stringPropertyNames()) {
        texts.put(name, properties.getProperty(name));
      }
      AlgoSettings settings =
          AlgoSettings.load(
              new SettingsSource(
                  environment,
                  texts,
                  overrides,
                  wired.inputNames(),
                  wired.requiredOutputs(),
                  wired.optionalOutputs(),
                  wired.wantsOnlyOutput()));
      Support.check(settings);
      return new AlgoRunner(this, settings, wired);
    }
  }
}
