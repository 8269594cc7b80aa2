package run.algo.sdk.kafka.config;

import java.util.List;
import java.util.Map;

/**
 * Where settings come from, and what the Algo declares. Builder beats property beats environment.
 *
 * <p>Immutable, so safe for use by several threads; {@code toString} shows no values.
 *
 * @param environment variables of the process
 * @param properties system properties; those that begin with {@code algo.} or {@code kafka.} count,
 *     {@code algo.ordering} for {@code ALGO_ORDERING}
 * @param overrides values of the builder, by the name of the variable
 * @param declaredInputs names of the inputs the Algo reads; empty takes the single one that is
 *     configured
 * @param declaredOutputs names of the outputs that must have a topic
 * @param optionalOutputs names of the outputs that are absent when they have no topic
 * @param defaultOutput whether the Algo returns a value although it declares no output: takes the
 *     single one configured
 * @since 0.1.0
 */
public record SettingsSource(
    Map<String, String> environment,
    Map<String, String> properties,
    Map<String, String> overrides,
    List<String> declaredInputs,
    List<String> declaredOutputs,
    List<String> optionalOutputs,
    boolean defaultOutput) {

  /** Copies the collections. */
  public SettingsSource {
    environment = Map.copyOf(environment);
    properties = Map.copyOf(properties);
    overrides = Map.copyOf(overrides);
    declaredInputs = List.copyOf(declaredInputs);
    declaredOutputs = List.copyOf(declaredOutputs);
    optionalOutputs = List.copyOf(optionalOutputs);
  }

  /**
   * Creates a source of an environment alone, for an Algo that declares nothing and returns
   * nothing.
   *
   * @param environment variables of the process
   * @return the source
   */
  public static SettingsSource of(Map<String, String> environment) {
    return new SettingsSource(
        environment, Map.of(), Map.of(), List.of(), List.of(), List.of(), false);
  }

  /** Shows what is declared; any value may be a secret. */
  @Override
  public String toString() {
    return "SettingsSource[declaredInputs="
        + declaredInputs
        + ", declaredOutputs="
        + declaredOutputs
        + ", optionalOutputs="
        + optionalOutputs
        + ", defaultOutput="
        + defaultOutput
        + "]";
  }
}
