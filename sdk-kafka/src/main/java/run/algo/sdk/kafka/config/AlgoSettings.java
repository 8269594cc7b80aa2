package run.algo.sdk.kafka.config;

import java.util.List;
import java.util.Map;
import run.algo.sdk.AlgoConfigurationException;

/**
 * Every setting of a running Algo, read and checked once.
 *
 * <p>Immutable, so safe for use by several threads; {@code toString} masks secrets.
 *
 * @since 0.1.0
 */
public final class AlgoSettings {

  private final Names names;
  private final RunnerConfig runnerConfig;
  private final KafkaSettings kafka;
  private final Topology topology;
  private final Services services;
  private final Report report;

  AlgoSettings(
      Names names,
      RunnerConfig runnerConfig,
      KafkaSettings kafka,
      Topology topology,
      Services services,
      Report report) {
    this.names = names;
    this.runnerConfig = runnerConfig;
    this.kafka = kafka;
    this.topology = topology;
    this.services = services;
    this.report = report;
  }

  /**
   * Reads and checks every setting.
   *
   * @param source where settings come from
   * @return the settings
   * @throws AlgoConfigurationException with every problem when there is one
   */
  public static AlgoSettings load(SettingsSource source) {
    return new SettingsLoader(source).load();
  }

  /**
   * Returns the consumer group.
   *
   * @return {@code ALGO_GROUP_ID}, else the name derived from the config
   */
  public String groupId() {
    return names.groupId();
  }

  /**
   * Returns the name of this process among those of the Algo.
   *
   * @return {@code INSTANCE_NAME}, else a random name
   */
  public String instanceName() {
    return names.instanceName();
  }

  /**
   * Returns how to reach Kafka.
   *
   * @return brokers, security and the user's client properties
   */
  public KafkaSettings kafka() {
    return kafka;
  }

  /**
   * Returns who this Algo is.
   *
   * @return the mounted config; empty when there is none
   */
  public RunnerConfig runnerConfig() {
    return runnerConfig;
  }

  /**
   * Returns the used inputs.
   *
   * @return at least one, in the order in which they are declared; immutable
   */
  public List<InputSettings> inputs() {
    return topology.inputs();
  }

  /**
   * Returns the used outputs that have a topic.
   *
   * @return in the order in which they are declared, then the optional ones; immutable
   */
  public List<OutputSettings> outputs() {
    return topology.outputs();
  }

  /**
   * Returns the declared parameters.
   *
   * @return in the order of the config; immutable
   */
  public List<ParameterSettings> parameters() {
    return runnerConfig.parameters();
  }

  /**
   * Returns how records are read, executed and settled.
   *
   * @return the engine's settings
   */
  public EngineSettings engine() {
    return services.engine();
  }

  /**
   * Returns where files of file references are kept.
   *
   * @return the storage settings; without an endpoint there is no storage
   */
  public StorageSettings storage() {
    return services.storage();
  }

  /**
   * Returns where metrics and health are served.
   *
   * @return port and address
   */
  public HttpSettings http() {
    return services.http();
  }

  /**
   * Returns what is odd but does not hinder a start, each in one line without secrets.
   *
   * @return for the log; immutable
   */
  public List<String> warnings() {
    return report.warnings();
  }

  /**
   * Returns every effective setting, for the start-up line: names of variables and values, secrets
   * masked.
   *
   * @return in a fixed order; immutable
   */
  public Map<String, String> effective() {
    return report.effective();
  }

  @Override
  public String toString() {
    return "AlgoSettings" + report.effective();
  }

  /** Under which names the process works. */
  record Names(String groupId, String instanceName) {}

  /** The used inputs and outputs. */
  record Topology(List<InputSettings> inputs, List<OutputSettings> outputs) {
    Topology {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /** Settings of the parts of the SDK. */
  record Services(EngineSettings engine, StorageSettings storage, HttpSettings http) {}

  /** What is told to the user. */
  record Report(List<String> warnings, Map<String, String> effective) {}
}
