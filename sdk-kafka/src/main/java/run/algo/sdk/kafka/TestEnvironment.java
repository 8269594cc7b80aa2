package run.algo.sdk.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import run.algo.sdk.kafka.config.Setting;

/** The environment of a test: what its author has said, and what every start needs besides. */
final class TestEnvironment {

  private static final String INPUT = "KAFKA_INPUT_TOPIC_";
  private static final String OUTPUT = "KAFKA_OUTPUT_TOPIC_";

  private final Map<String, String> given;
  private final Set<String> said = new HashSet<>();
  private final boolean ownStore;

  /**
   * An environment.
   *
   * @param ownStore whether the test brings a file store, so that nobody connects to storage
   */
  TestEnvironment(Map<String, String> given, Map<String, String> overrides, boolean ownStore) {
    this.given = given;
    this.ownStore = ownStore;
    given.keySet().forEach(name -> said.add(key(name)));
    overrides.keySet().forEach(name -> said.add(key(name)));
  }

  /** As names of pipes are compared. */
  private static String key(String variable) {
    return variable.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  Map<String, String> complete(Wiring wired) {
    Map<String, String> complete = new TreeMap<>();
    complete.put("KAFKA_BROKERS", "none:9092"); // nobody connects
    complete.put(Setting.METRICS_PORT.variable(), "off");
    // The same on every machine.
    complete.put(Setting.CONCURRENCY.variable(), "16");
    if (ownStore) {
      complete.put("MC_HOST_algorun", "http://none:9000");
      complete.put("STORAGE_BUCKET_NAME", "none");
    }
    boolean config =
        said.contains(Setting.RUNNER_CONFIG.variable())
            || said.contains(Setting.RUNNER_CONFIG_FILE.variable());
    if (!config) {
      complete.put(Setting.GROUP_ID.variable(), "test");
      topics(complete, INPUT, wired.inputNames(), !wired.inputNames().isEmpty() ? "" : "in");
      topics(complete, OUTPUT, wired.requiredOutputs(), wired.wantsOnlyOutput() ? "out" : "");
    }
    complete.putAll(given);
    return new HashMap<>(complete);
  }

  /** A topic of the same name for each that has none. */
  private void topics(
      Map<String, String> complete, String prefix, Collection<String> names, String only) {
    Collection<String> wanted = names;
    if (!only.isEmpty() && names.isEmpty()) {
      boolean named = said.stream().anyMatch(variable -> variable.startsWith(prefix));
      wanted = named ? List.of() : List.of(only);
    }
    for (String name : wanted) {
      String variable = prefix + name.toUpperCase(Locale.ROOT);
      if (!said.contains(key(variable))) {
        complete.put(variable, name);
      }
    }
  }
}
