package run.algo.examples.conformance;

import java.util.HashMap;
import java.util.Map;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.s3.EmbeddedS3;

/** Topics, group and environment of a test's own. */
record Deployment(EmbeddedKafka kafka, String name, int partitions) {

  /** Makes the topics; the results have one partition, so that their order is the Algo's. */
  static Deployment create(EmbeddedKafka kafka, String name, int partitions) {
    Deployment deployment = new Deployment(kafka, name, partitions);
    kafka.createTopic(deployment.commands(), partitions);
    kafka.createTopic(deployment.results(), 1);
    return deployment;
  }

  /** Makes the topics for files as well. */
  static Deployment createWithFiles(EmbeddedKafka kafka, String name, int partitions) {
    Deployment deployment = create(kafka, name, partitions);
    kafka.createTopic(deployment.files(), 1);
    kafka.createTopic(deployment.readResults(), 1);
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

  String files() {
    return name + ".files";
  }

  String bucket() {
    return "acme." + name;
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

  /** What a process needs that also writes files, by reference. */
  Map<String, String> environment(String instance, EmbeddedS3 s3) {
    Map<String, String> environment = environment(instance);
    environment.put("KAFKA_OUTPUT_TOPIC_FILES", files());
    environment.put("MC_HOST_algorun", s3.connectionString());
    environment.put(
        "ALGO_RUNNER_CONFIG",
        """
        {"deploymentOwner": "acme", "deploymentName": "%s",
         "owner": "algo", "name": "conformance", "version": "0.1", "index": 1,
         "pipes": [{"sourceName": "algo/conformance:0.1[1]", "sourceOutputName": "files",
                    "sourceOutputMessageDataType": "FileReference"}]}"""
            .formatted(name));
    return environment;
  }

  /** What a process needs that reads those files; its results have a topic of their own. */
  Map<String, String> readerEnvironment(String instance, EmbeddedS3 s3) {
    Map<String, String> environment = environment(instance);
    environment.remove("KAFKA_INPUT_TOPIC_COMMANDS");
    environment.put("CONFORMANCE_INPUT", "files");
    environment.put("KAFKA_INPUT_TOPIC_FILES_IN", files());
    environment.put("KAFKA_OUTPUT_TOPIC_RESULTS", readResults());
    environment.put("ALGO_GROUP_ID", readerGroup());
    environment.put("MC_HOST_algorun", s3.connectionString());
    environment.put("STORAGE_BUCKET_NAME", bucket());
    return environment;
  }

  String readResults() {
    return name + ".read";
  }

  String readerGroup() {
    return group() + "-reader";
  }

  String readerDeadLetters() {
    return files() + ".dlq";
  }
}
