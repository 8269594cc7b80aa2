package run.algo.sdk.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.Delivery;
import run.algo.sdk.kafka.config.FailureAction;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.Setting;
import run.algo.sdk.kafka.config.SettingsSource;
import run.algo.sdk.kafka.config.ThreadModel;
import run.algo.sdk.kafka.internal.engine.KafkaClients;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.spi.FileStore;

/**
 * Declares what runs, and overrides settings. What is set here beats a system property, which beats
 * an environment variable. Made by {@link AlgoRunner#builder()}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class AlgoRunnerBuilder {

  final Wiring.Builder wiring = new Wiring.Builder();
  private final Map<String, String> overrides = new HashMap<>();
  private final List<Consumer<RunnerState>> listeners = new ArrayList<>();
  private @Nullable Map<String, String> environment;
  private @Nullable Properties properties;
  private KafkaClients clients = KafkaClients.REAL;
  private @Nullable MeterRegistry meterRegistry;
  private @Nullable FileStore fileStore;

  AlgoRunnerBuilder() {}

  /**
   * What a runner keeps of its builder.
   *
   * @param wiring which Algo reads and writes what
   * @param clients makes Kafka's clients
   * @param meterRegistry the author's
   * @param listeners are told of states
   */
  record Parts(
      Wiring wiring,
      KafkaClients clients,
      Optional<MeterRegistry> meterRegistry,
      Optional<FileStore> fileStore,
      List<Consumer<RunnerState>> listeners) {}

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
  public <I, O> AlgoRunnerBuilder input(
      Pipe<I> input, Algo<? super I, ? extends O> algo, Pipe<O> output) {
    wiring.input(input, new AlgoForm.Sync(algo), output);
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
  public <I> AlgoRunnerBuilder input(Pipe<I> input, Algo<? super I, Void> algo) {
    wiring.input(input, new AlgoForm.Sync(algo), null);
    return this;
  }

  /**
   * An input, the asynchronous Algo that reads it, and the output that takes what its stages
   * complete with.
   *
   * @param input the input
   * @param algo the Algo
   * @param output the output
   * @param <I> type of the input's values
   * @param <O> type of the output's values
   * @return this
   * @throws IllegalArgumentException when the input has an Algo already
   */
  public <I, O> AlgoRunnerBuilder asyncInput(
      Pipe<I> input, AsyncAlgo<? super I, ? extends O> algo, Pipe<O> output) {
    wiring.input(input, new AlgoForm.Async(algo), output);
    return this;
  }

  /**
   * An input and the asynchronous Algo that reads it, which returns nothing; it may still
   * {@linkplain run.algo.sdk.AlgoContext#emit(Pipe, Object) emit}.
   *
   * @param input the input
   * @param algo the Algo
   * @param <I> type of the input's values
   * @return this
   * @throws IllegalArgumentException when the input has an Algo already
   */
  public <I> AlgoRunnerBuilder asyncInput(Pipe<I> input, AsyncAlgo<? super I, Void> algo) {
    wiring.input(input, new AlgoForm.Async(algo), null);
    return this;
  }

  /**
   * An input, the batch Algo that reads it, and the output that takes what its records are
   * completed with.
   *
   * @param input the input
   * @param algo the Algo
   * @param output the output
   * @param <I> type of the input's values
   * @param <O> type of the output's values
   * @return this
   * @throws IllegalArgumentException when the input has an Algo already
   */
  public <I, O> AlgoRunnerBuilder batchInput(
      Pipe<I> input, BatchAlgo<? super I, ? extends O> algo, Pipe<O> output) {
    wiring.input(input, new AlgoForm.Batch(algo), output);
    return this;
  }

  /**
   * An input and the batch Algo that reads it, which completes records with nothing; it may still
   * {@linkplain run.algo.sdk.AlgoContext#emit(Pipe, Object) emit}.
   *
   * @param input the input
   * @param algo the Algo
   * @param <I> type of the input's values
   * @return this
   * @throws IllegalArgumentException when the input has an Algo already
   */
  public <I> AlgoRunnerBuilder batchInput(Pipe<I> input, BatchAlgo<? super I, Void> algo) {
    wiring.input(input, new AlgoForm.Batch(algo), null);
    return this;
  }

  /**
   * An output that Algos emit to. That it has a topic is checked when the runner is built.
   *
   * @param output the output
   * @return this
   */
  public AlgoRunnerBuilder output(Pipe<?> output) {
    wiring.output(output, false);
    return this;
  }

  /**
   * An output that may have no topic in this deployment; {@link run.algo.sdk.AlgoContext#hasOutput}
   * tells.
   *
   * @param output the output
   * @return this
   */
  public AlgoRunnerBuilder optionalOutput(Pipe<?> output) {
    wiring.output(output, true);
    return this;
  }

  /**
   * Takes the environment from a map instead of the process.
   *
   * @param variables the variables
   * @return this
   */
  public AlgoRunnerBuilder environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /**
   * Takes properties from here instead of the system's.
   *
   * @param properties the properties
   * @return this
   */
  public AlgoRunnerBuilder properties(Properties properties) {
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
  public AlgoRunnerBuilder set(String variable, String value) {
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
  public AlgoRunnerBuilder set(Setting setting, String value) {
    return set(setting.variable(), value);
  }

  /**
   * Sets {@code ALGO_GROUP_ID}.
   *
   * @param groupId the consumer group
   * @return this
   */
  public AlgoRunnerBuilder groupId(String groupId) {
    return set(Setting.GROUP_ID, groupId);
  }

  /**
   * Sets {@code ALGO_ORDERING}.
   *
   * @param ordering which records are executed one at a time; {@code partition} by default
   * @return this
   */
  public AlgoRunnerBuilder ordering(Ordering ordering) {
    return set(Setting.ORDERING, ordering.wireName());
  }

  /**
   * Sets {@code ALGO_CONCURRENCY}.
   *
   * @param executions most executions at once, 1 at least; by default as many as there are
   *     processors, 1000 where executions hold no thread of the operating system
   * @return this
   */
  public AlgoRunnerBuilder concurrency(int executions) {
    return set(Setting.CONCURRENCY, Integer.toString(executions));
  }

  /**
   * Sets {@code ALGO_THREADS}.
   *
   * @param threads on which kind of threads the Algo is executed; by default virtual ones for
   *     {@code key} and {@code unordered} where there are any
   * @return this
   */
  public AlgoRunnerBuilder threads(ThreadModel threads) {
    return set(Setting.THREADS, threads.wireName());
  }

  /**
   * Sets {@code ALGO_DELIVERY}.
   *
   * @param delivery the guarantee; at least once by default
   * @return this
   */
  public AlgoRunnerBuilder delivery(Delivery delivery) {
    return set(Setting.DELIVERY, delivery.wireName());
  }

  /**
   * Sets {@code ALGO_ON_FAILURE}.
   *
   * @param action what happens to a record that failed for good; dead letters by default
   * @return this
   */
  public AlgoRunnerBuilder onFailure(FailureAction action) {
    return set(Setting.ON_FAILURE, action.wireName());
  }

  /**
   * Says how failed records are tried again, and which of them. Its strategy, when it has one,
   * beats {@code ALGO_RETRY_STRATEGY} wherever that is set; there are no variables for the rest.
   *
   * @param retries replaces what an earlier call said; {@link Retries#asConfigured()} by default
   * @return this
   */
  public AlgoRunnerBuilder retries(Retries retries) {
    wiring.retries(retries);
    return this;
  }

  /**
   * Sets {@code ALGO_MAX_IN_FLIGHT}. With exactly-once delivery what a transaction is writing is
   * left out: at most as many records again in each of the two that may be under way.
   *
   * @param records most records read and not settled, 1 at least; 10,000 by default
   * @return this
   */
  public AlgoRunnerBuilder maxInFlight(int records) {
    return set(Setting.MAX_IN_FLIGHT, Integer.toString(records));
  }

  /**
   * Sets {@code ALGO_SHUTDOWN_TIMEOUT}.
   *
   * @param timeout most time for the drain when the runner closes; 25 s by default
   * @return this
   */
  public AlgoRunnerBuilder shutdownTimeout(Duration timeout) {
    return set(Setting.SHUTDOWN_TIMEOUT, timeout.toMillis() + "ms");
  }

  /**
   * Sets {@code ALGO_METRICS_PORT}.
   *
   * @param port the port of metrics and health, 10080 by default, 0 for any free one; {@code set(
   *     Setting.METRICS_PORT, "off")} closes it
   * @return this
   */
  public AlgoRunnerBuilder metricsPort(int port) {
    return set(Setting.METRICS_PORT, Integer.toString(port));
  }

  /**
   * Puts the runner's metrics and those of its Kafka clients into a registry of the program's,
   * besides the port's own, from {@link AlgoRunner#start} to {@link AlgoRunner#close}. Durations
   * have no buckets there; {@code algorunner_algo_error} and {@code algorunner_runner_error}, which
   * no meter can be, and the JVM's metrics are at the port alone. Runners that share a registry
   * must differ in their identity or in the names of their inputs, else one hides the other.
   *
   * @param registry the registry; the runner never closes it
   * @return this
   */
  public AlgoRunnerBuilder meterRegistry(MeterRegistry registry) {
    meterRegistry = registry;
    return this;
  }

  /**
   * Says where spans of executions go; beats what the process has. There is no variable for it:
   * what is sampled and where it is sent is set with OpenTelemetry's SDK.
   *
   * @param tracing replaces what an earlier call said; {@link Tracing#global()} by default
   * @return this
   */
  public AlgoRunnerBuilder tracing(Tracing tracing) {
    wiring.tracing(tracing);
    return this;
  }

  /**
   * Is told every state the runner reaches, on the thread that brings it there; should not block.
   *
   * @param listener takes the state
   * @return this
   */
  public AlgoRunnerBuilder onState(Consumer<RunnerState> listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Keeps files of file references in a store of one's own, instead of the storage that the
   * deployment names: for an embedder's, or for a test ({@code InMemoryFileStore} of {@code
   * sdk-testkit}). Where outputs travel by reference, {@link #build} asks for {@code
   * MC_HOST_algorun} and a bucket all the same: they are the deployment's, whoever keeps its files.
   *
   * @param store the store; closed by its owner, not by the runner
   * @return this builder
   */
  public AlgoRunnerBuilder fileStore(FileStore store) {
    fileStore = Objects.requireNonNull(store, "store");
    return this;
  }

  /** For tests: other clients. */
  AlgoRunnerBuilder clients(KafkaClients factory) {
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
    AlgoSettings settings =
        settings(
            wired,
            environment == null ? System.getenv() : environment,
            properties == null ? System.getProperties() : properties);
    Support.check(settings, fileStore != null);
    return new AlgoRunner(
        settings,
        new Parts(
            wired,
            clients,
            Optional.ofNullable(meterRegistry),
            Optional.ofNullable(fileStore),
            List.copyOf(listeners)));
  }

  /**
   * For {@link AlgoTestDriver}: what the process has is left out, and what is missing filled in.
   */
  AlgoTestDriver testDriver() {
    Wiring wired = wiring.build();
    Map<String, String> given = environment == null ? Map.of() : environment;
    AlgoSettings settings =
        settings(
            wired,
            new TestEnvironment(given, overrides, fileStore != null).complete(wired),
            properties == null ? new Properties() : properties);
    Support.check(settings, fileStore != null);
    return new AlgoTestDriver(settings, wired, Optional.ofNullable(fileStore));
  }

  private AlgoSettings settings(
      Wiring wired, Map<String, String> variables, Properties systemProperties) {
    Map<String, String> texts = new HashMap<>();
    for (String name : systemProperties.stringPropertyNames()) {
      texts.put(name, systemProperties.getProperty(name));
    }
    Map<String, String> own = new HashMap<>(overrides);
    wired
        .retries()
        .strategy()
        .ifPresent(strategy -> own.put(Setting.RETRY_STRATEGY.variable(), strategy.toJson()));
    return AlgoSettings.load(
        new SettingsSource(
            variables,
            texts,
            own,
            wired.inputNames(),
            wired.requiredOutputs(),
            wired.optionalOutputs(),
            wired.wantsOnlyOutput()));
  }
}
