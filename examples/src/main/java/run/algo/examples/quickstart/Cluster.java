package run.algo.examples.quickstart;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/** The Kafka to work on: one in this process, or the one that the environment names. */
final class Cluster implements AutoCloseable {

  private static final String BROKERS = "KAFKA_BROKERS";
  private static final int PARTITIONS = 3;

  private final Map<String, String> environment;
  private final String description;
  private final @Nullable EmbeddedKafka embedded;

  private Cluster(
      Map<String, String> environment, String description, @Nullable EmbeddedKafka embedded) {
    this.environment = environment;
    this.description = description;
    this.embedded = embedded;
  }

  static Cluster of(Map<String, String> environment) {
    return isEmbedded(environment)
        ? start(environment)
        : new Cluster(environment, environment.getOrDefault(BROKERS, ""), null);
  }

  static boolean isEmbedded(Map<String, String> environment) {
    return environment.getOrDefault(BROKERS, "").isBlank();
  }

  private static Cluster start(Map<String, String> environment) {
    long begin = System.nanoTime();
    // JSON of a line can be twice as long as the line.
    EmbeddedKafka kafka =
        EmbeddedKafka.builder()
            .topic("quickstart-lines", PARTITIONS, takes(2 * TextFile.LONGEST_LINE))
            .topic("quickstart-words", PARTITIONS, takes(4 * TextFile.LONGEST_LINE))
            .start();
    Map<String, String> variables = new HashMap<>();
    // The settings of the SDK may be tried here, too: ALGO_ORDERING=unordered mvn -Pquickstart
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("ALGO_")) {
            variables.put(name, value);
          }
        });
    variables.put(BROKERS, kafka.bootstrapServers());
    variables.put("KAFKA_INPUT_TOPIC_LINES", "quickstart-lines");
    variables.put("KAFKA_OUTPUT_TOPIC_WORDS", "quickstart-words");
    variables.putIfAbsent("ALGO_GROUP_ID", "algorun-quickstart");
    variables.putIfAbsent("ALGO_METRICS_PORT", "off");
    String description =
        String.format(
            Locale.ROOT,
            "%s, up after %.1f s",
            kafka.bootstrapServers(),
            (System.nanoTime() - begin) / 1e9);
    return new Cluster(variables, description, kafka);
  }

  private static Map<String, String> takes(int bytes) {
    return Map.of("max.message.bytes", Integer.toString(bytes));
  }

  /** What an operator would give the Algo's container. */
  Map<String, String> environment() {
    return environment;
  }

  @Override
  public void close() {
    if (embedded != null) {
      embedded.close();
    }
  }

  @Override
  public String toString() {
    return description;
  }
}
