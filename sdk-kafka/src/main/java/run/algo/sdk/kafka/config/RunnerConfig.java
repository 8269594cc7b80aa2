package run.algo.sdk.kafka.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The config that the operator mounts, as far as it is not spread over the other settings: who this
 * Algo is. Absent, everything is empty.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class RunnerConfig {

  private final State state;
  private final DeploymentIdentity identity;
  private final Wiring wiring;
  private final List<ParameterSettings> parameters;
  private final Retry retry;
  private final Optional<Duration> timeout;

  RunnerConfig(
      State state,
      DeploymentIdentity identity,
      Wiring wiring,
      List<ParameterSettings> parameters,
      Retry retry,
      Optional<Duration> timeout) {
    this.state = state;
    this.identity = identity;
    this.wiring = wiring;
    this.parameters = List.copyOf(parameters);
    this.retry = retry;
    this.timeout = timeout;
  }

  /** A config without content: none was given, or none that can be read. */
  static RunnerConfig empty(State state) {
    return new RunnerConfig(
        state,
        DeploymentIdentity.NONE,
        new Wiring(List.of(), List.of(), List.of(), Map.of()),
        List.of(),
        new Retry(false, Optional.empty()),
        Optional.empty());
  }

  /**
   * Returns whether there is a config.
   *
   * @return false when the SDK runs on the environment alone
   */
  public boolean present() {
    return state != State.ABSENT;
  }

  /**
   * Returns who this Algo is.
   *
   * @return the identity; what the config lacks is empty
   */
  public DeploymentIdentity identity() {
    return identity;
  }

  /**
   * Returns the inputs that must have a record among those that are gathered ({@code run=false}).
   *
   * @return names in lower case of the inputs whose {@code isRequired} is true
   */
  public Set<String> requiredInputs() {
    return wiring.inputs().stream()
        .filter(input -> input.required().orElse(false))
        .map(input -> input.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the config could not be read, so that what it lacks says nothing. */
  boolean broken() {
    return state == State.BROKEN;
  }

  Wiring wiring() {
    return wiring;
  }

  List<ParameterSettings> parameters() {
    return parameters;
  }

  Retry retry() {
    return retry;
  }

  Optional<Duration> timeout() {
    return timeout;
  }

  @Override
  public String toString() {
    return "RunnerConfig[present=" + present() + ", identity=" + identity + "]";
  }

  /** Whether there is a config, and whether it could be read. */
  enum State {
    ABSENT,
    BROKEN,
    READ
  }

  /** What connects this Algo with others. */
  record Wiring(
      List<Input> inputs, List<Output> outputs, List<Pipe> pipes, Map<String, Topic> topics) {}

  /** An entry of {@code inputs}. */
  record Input(String name, Optional<Boolean> required, List<String> contentTypes) {}

  /** An entry of {@code outputs}. */
  record Output(String name, Optional<String> contentType) {}

  /** An entry of {@code pipes}. */
  record Pipe(
      String path, // where it stands in the JSON
      String source,
      String sourceOutput,
      Optional<String> dataType,
      String dest,
      String destInput) {

    /** The key of the pipe's topic. */
    String topicKey() {
      return source + "|" + sourceOutput;
    }
  }

  /** An entry of {@code topics}. */
  record Topic(
      String path,
      Optional<String> outputName,
      Optional<String> topicName,
      boolean overridesRetry,
      Optional<RawStrategy> strategy) {}

  /** The pipeline's retries. */
  record Retry(boolean enabled, Optional<RawStrategy> strategy) {}

  /** A strategy of right types, whose content is judged only when it is used. */
  record RawStrategy(
      String path, Optional<String> strategy, Optional<String> suffix, List<RawStep> steps) {}

  /** A step of right types. */
  record RawStep(String path, int index, Optional<String> backoff, int repeat) {}
}
