package run.algo.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import tools.jackson.databind.json.JsonMapper;

/** How the process begins and ends, alone and with others. */
class ConformanceProcessIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafka kafka;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void drainsOnSigterm() {
    Deployment deployment = Deployment.create(kafka, "sigterm", 1);
    try (AlgoProcess algo = AlgoProcess.start(folder, deployment.environment("one")).awaitReady()) {
      kafka
          .probe()
          .produceAll(
              deployment.commands(),
              List.of(
                  "{\"id\":1,\"op\":\"echo\"}",
                  "{\"id\":2,\"op\":\"sleep\",\"ms\":2000}",
                  "{\"id\":3,\"op\":\"echo\"}"));
      // The partition's next record begins when the one before is done.
      kafka.probe().readAll(deployment.results(), 1, PATIENCE);
      algo.terminate();

      assertThat(algo.awaitExit()).isZero();
      assertThat(ids(deployment)).containsExactly("1", "2");
      assertThat(committed(deployment, 0)).isEqualTo(2);
      assertThat(algo.out()).containsExactly("READY");
      assertThat(algo.err()).isEmpty();
    }
  }

  @Test
  void aCrashCommitsNothingOfTheRecordThatDidIt() {
    Deployment deployment = Deployment.create(kafka, "crash", 1);
    try (AlgoProcess algo = AlgoProcess.start(folder, deployment.environment("one")).awaitReady()) {
      kafka.probe().produceAll(deployment.commands(), List.of("{\"id\":1,\"op\":\"echo\"}"));
      kafka
          .probe()
          .awaitCommittedOffset(
              deployment.group(), new TopicPartition(deployment.commands(), 0), 1, PATIENCE);
      kafka.probe().produceAll(deployment.commands(), List.of("{\"id\":2,\"op\":\"crash\"}"));

      assertThat(algo.awaitExit()).isEqualTo(137);
      assertThat(committed(deployment, 0)).isEqualTo(1);
    }
  }

  @Test
  void twoInstancesShareThePartitions() {
    Deployment deployment = Deployment.create(kafka, "two", 4);
    try (AlgoProcess one = AlgoProcess.start(folder, deployment.environment("one")).awaitReady();
        AlgoProcess two = AlgoProcess.start(folder, deployment.environment("two")).awaitReady()) {
      Set<String> sent = new HashSet<>();
      // READY may come with an empty assignment: the partitions move while records flow.
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                for (int partition = 0; partition < 4; partition++) {
                  String id = "id-" + sent.size();
                  sent.add(id);
                  String value = "{\"id\":\"" + id + "\",\"op\":\"echo\"}";
                  kafka.probe().produce(deployment.commands(), partition, null, value);
                }
                kafka.probe().readAll(deployment.results(), sent.size(), PATIENCE);
                return instances(deployment).equals(Set.of("one", "two"));
              });
      assertThat(new HashSet<>(ids(deployment))).isEqualTo(sent);
      one.terminate();
      two.terminate();
      assertThat(one.awaitExit()).isZero();
      assertThat(two.awaitExit()).isZero();
      long all = 0;
      for (int partition = 0; partition < 4; partition++) {
        all += committed(deployment, partition);
      }
      assertThat(all).isEqualTo(sent.size());
    }
  }

  @Test
  void anInstanceWithoutAPartitionIsReadyToo() {
    Deployment deployment = Deployment.create(kafka, "spare", 1);
    try (AlgoProcess one = AlgoProcess.start(folder, deployment.environment("one")).awaitReady();
        AlgoProcess two = AlgoProcess.start(folder, deployment.environment("two")).awaitReady()) {
      two.terminate();
      one.terminate();
      assertThat(two.awaitExit()).isZero();
      assertThat(one.awaitExit()).isZero();
    }
  }

  @Test
  void anOutputWithoutATopicIsNotUsed() {
    Deployment deployment = Deployment.create(kafka, "mute", 1);
    Map<String, String> environment = deployment.environment("one");
    environment.remove("KAFKA_OUTPUT_TOPIC_RESULTS");
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady()) {
      kafka.probe().produceAll(deployment.commands(), List.of("{\"id\":1,\"op\":\"echo\"}"));
      kafka
          .probe()
          .awaitCommittedOffset(
              deployment.group(), new TopicPartition(deployment.commands(), 0), 1, PATIENCE);
      assertThat(kafka.probe().readAll(deployment.deadLetters(), 0, PATIENCE)).isEmpty();
      assertThat(algo.isAlive()).isTrue();
    }
  }

  @Test
  void aWrongEnvironmentIsRefusedWithAllThatIsWrong() {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "no-port");
    environment.put("KAFKA_TLS", "maybe");
    environment.put("KAFKA_AUTH_TYPE", "scram-sha-512");
    environment.put("KAFKA_AUTH_PASSWORD", "hunter2-secret");
    environment.put("ALGO_COMMIT_INTERVAL", "soon");
    try (AlgoProcess algo = AlgoProcess.start(folder, environment)) {
      assertThat(algo.awaitExit()).isEqualTo(78);
      assertThat(algo.out()).isEmpty();
      for (String variable :
          List.of(
              "KAFKA_BROKERS = no-port: ",
              "KAFKA_TLS = maybe: ",
              "KAFKA_AUTH_USERNAME = (not set): ",
              "KAFKA_INPUT_TOPIC_COMMANDS = (not set): ",
              "ALGO_GROUP_ID = (not set): ",
              "ALGO_COMMIT_INTERVAL = soon: ")) {
        assertThat(algo.err())
            .as(variable)
            .filteredOn(line -> line.startsWith(variable))
            .hasSize(1);
      }
      assertThat(algo.err()).hasSize(6).allMatch(line -> line.contains("; "));
      assertThat(algo.err()).noneMatch(line -> line.contains("hunter2"));
    }
  }

  @Test
  void aFormThatThereIsNotIsRefused() {
    Map<String, String> environment =
        Map.of(
            "CONFORMANCE_ASYNC", "maybe",
            "CONFORMANCE_BATCH", "-1",
            "CONFORMANCE_INPUT", "fax");
    try (AlgoProcess algo = AlgoProcess.start(folder, environment)) {
      assertThat(algo.awaitExit()).isEqualTo(78);
      assertThat(algo.err()).hasSize(3);
      assertThat(algo.err().get(0)).startsWith("CONFORMANCE_ASYNC = maybe: ");
      assertThat(algo.err().get(1)).startsWith("CONFORMANCE_BATCH = -1: ");
      assertThat(algo.err().get(2)).startsWith("CONFORMANCE_INPUT = fax: ");
    }
  }

  private static List<String> ids(Deployment deployment) {
    return field(deployment, "id");
  }

  private static Set<String> instances(Deployment deployment) {
    return new HashSet<>(field(deployment, "instance"));
  }

  private static List<String> field(Deployment deployment, String name) {
    return kafka.probe().readAll(deployment.results(), 0, PATIENCE).stream()
        .map(ConsumerRecord::value)
        .map(value -> JsonMapper.shared().readTree(value).get(name).asString())
        .toList();
  }

  private static long committed(Deployment deployment, int partition) {
    return kafka
        .probe()
        .committedOffset(deployment.group(), new TopicPartition(deployment.commands(), partition))
        .orElse(0);
  }
}
