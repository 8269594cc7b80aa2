package run.algo.sdk.benchmarks.process;

import io.micronaut.context.ApplicationContext;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;

/**
 * Micronaut Kafka: a context without a server, and {@link MicronautListener} in it. Its clients
 * have the SDK's properties.
 */
final class MicronautLoop {

  /** Names of properties that the listener refers to. */
  static final String INPUT = "benchmark.input";

  static final String GROUP = "benchmark.group";

  private static final long LOOK_MILLIS = 100;

  private final AlgoSettings settings;
  private final BareOutput output;
  private final Job job;

  MicronautLoop(AlgoSettings settings, String output, Job job) {
    this.settings = settings;
    this.output = new BareOutput(output, job.values().contentType());
    this.job = job;
  }

  /** Runs until all records are acknowledged, and ends as a shutdown does, with a commit. */
  void run(String input, AckMeter meter) throws InterruptedException {
    MicronautListener.Task task =
        new MicronautListener.Task(output, job, settings.engine().commitInterval());
    try (ApplicationContext context =
        ApplicationContext.builder()
            .singletons(task)
            .properties(properties(input))
            .banner(false)
            .start()) {
      MicronautListener listener = context.getBean(MicronautListener.class);
      while (!meter.awaitDone(LOOK_MILLIS)) {
        listener.check();
      }
    }
  }

  private Map<String, Object> properties(String input) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(INPUT, input);
    properties.put(GROUP, settings.groupId());
    Map<String, Object> consumer = ClientProperties.consumer(settings);
    // For the admin client that it makes, too.
    properties.put(
        "kafka.bootstrap.servers", consumer.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
    put(properties, "kafka.consumers.default.", consumer);
    put(properties, "kafka.producers.default.", ClientProperties.producer(settings));
    return properties;
  }

  /** Micronaut takes the names of classes only. */
  private static void put(
      Map<String, Object> properties, String prefix, Map<String, Object> client) {
    client.forEach(
        (name, value) ->
            properties.put(prefix + name, value instanceof Class<?> type ? type.getName() : value));
  }
}
