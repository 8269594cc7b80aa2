package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;

/**
 * A source in the making. Begins with the least that allows a start: brokers, a group and one
 * input.
 */
final class Env {

  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> overrides = new HashMap<>();
  private final List<String> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final List<String> optional = new ArrayList<>();
  private boolean defaultOutput;

  static Env empty() {
    return new Env();
  }

  static Env valid() {
    return empty()
        .with("KAFKA_BROKERS", "kafka:9092")
        .with("ALGO_GROUP_ID", "algorun-test")
        .with("KAFKA_INPUT_TOPIC_IN", "in-topic");
  }

  /** An environment whose input comes from this config. */
  static Env config(String json) {
    return empty().with("KAFKA_BROKERS", "kafka:9092").with("ALGO_RUNNER_CONFIG", json);
  }

  Env with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Env without(String name) {
    environment.remove(name);
    return this;
  }

  Env property(String name, String value) {
    properties.put(name, value);
    return this;
  }

  Env override(String name, String value) {
    overrides.put(name, value);
    return this;
  }

  Env inputs(String... names) {
    inputs.addAll(List.of(names));
    return this;
  }

  Env outputs(String... names) {
    outputs.addAll(List.of(names));
    return this;
  }

  Env optional(String... names) {
    optional.addAll(List.of(names));
    return this;
  }

  Env returnsValue() {
    defaultOutput = true;
    return this;
  }

  SettingsSource source() {
    return new SettingsSource(
        environment, properties, overrides, inputs, outputs, optional, defaultOutput);
  }

  AlgoSettings load() {
    return AlgoSettings.load(source());
  }

  /** Returns the problems; fails when the environment is accepted. */
  List<ConfigurationProblem> problems() {
    try {
      AlgoSettings settings = load();
      throw new AssertionError("accepted: " + settings);
    } catch (AlgoConfigurationException e) {
      return e.problems();
    }
  }

  /** Returns the line of the only problem. */
  String problem() {
    List<ConfigurationProblem> problems = problems();
    if (problems.size() != 1) {
      throw new AssertionError("not one problem: " + problems);
    }
    return problems.get(0).line();
  }
}
