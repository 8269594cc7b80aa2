package run.algo.sdk.benchmarks.process;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The environment variables of a run, the same for every arm. */
final class Environment {

  private static final String INPUT = "KAFKA_INPUT_TOPIC_RECORDS";
  private static final String OUTPUT = "KAFKA_OUTPUT_TOPIC_RESULTS";

  /** Not the SDK's: for Kafka Streams alone. */
  static final String STREAMS_THREADS = "BENCHMARK_STREAMS_THREADS";

  /** Not the SDK's: for the meter. */
  static final String WARM_UP_PERCENT = "BENCHMARK_WARM_UP_PERCENT";

  private Environment() {}

  /**
   * The variables of a run. The port of metrics is open, as it is by default, but nobody reads it.
   */
  static Map<String, String> of(
      String bootstrapServers, String input, String output, String group) {
    Map<String, String> variables = new HashMap<>();
    variables.put("KAFKA_BROKERS", bootstrapServers);
    variables.put(INPUT, input);
    variables.put(OUTPUT, output);
    variables.put("ALGO_GROUP_ID", group);
    variables.put("ALGO_METRICS_PORT", "0");
    variables.put("ALGO_METRICS_ADDRESS", "127.0.0.1");
    return variables;
  }

  /** How many threads Kafka Streams has; one, where nothing is said. */
  static int streamsThreads(Map<String, String> variables) {
    return Integer.parseInt(variables.getOrDefault(STREAMS_THREADS, "1"));
  }

  /** How many in 100 records are warm-up; three quarters, where nothing is said. */
  static int warmUpPercent(Map<String, String> variables) {
    String percent = variables.get(WARM_UP_PERCENT);
    return percent == null ? ArmMain.WARM_UP_PERCENT : Integer.parseInt(percent);
  }

  static String input(Map<String, String> variables) {
    return required(variables, INPUT);
  }

  static String output(Map<String, String> variables) {
    return required(variables, OUTPUT);
  }

  private static String required(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name))
        .orElseThrow(() -> new IllegalArgumentException(name + " is not set"));
  }
}
