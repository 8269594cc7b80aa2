package run.algo.examples.conformance;

import java.util.HashMap;
import java.util.Map;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/** Topics, group and environment of a test's own. */
record Deployment(EmbeddedKafka kafka, String name, int partitions) {

  /** Makes the topics; the results have one partition, so that their order is the Algo's. */
  static Deployment create(EmbeddedKafka kafka, String name, int partitions) {
    Deployment deployment = new Deployment(kafka, name, partitions);
    kafka.createTopic(deployment.commands(), partitions);
    kafka.createTopic(deployment.results(), 1);
    return deployment;
  }

  String commands() {
    return name + ".commands";
  }

  String results() {
    return name + ".results";
  }

  String deadLetters() {
    return name + ".commands.dlq";
  }

  String group() {
    return "algorun-" + name;
  }

  Map<String, String> environment(String instance) {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers());
    environment.put("KAFKA_INPUT_TOPIC_COMMANDS", commands());
    environment.put("KAFKA_OUTPUT_TOPIC_RESULTS", results());
    environment.put("ALGO_GROUP_ID", group());
    environment.put("ALGO_METRICS_PORT", "off");
    environment.put("INSTANCE_NAME", instance);
    return environment;
  }
}
