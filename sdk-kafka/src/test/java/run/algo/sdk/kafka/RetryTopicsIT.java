package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.Listener;

/**
 * Failed records go through retry topics, whoever wrote them there, and none is lost on the way.
 */
class RetryTopicsIT {

  private static final String USER = "algo";
  private static final String PASSWORD = "algo-secret";

  /** 200 ms twice, 400 ms once: four executions in all. */
  private static final String STRATEGY =
      "{\"strategy\":\"RetryTopics\",\"steps\":["
          + "{\"index\":2,\"backoffDuration\":\"400ms\",\"repeat\":0},"
          + "{\"index\":1,\"backoffDuration\":\"200ms\",\"repeat\":2}]}";

  private static EmbeddedKafka kafka;
  private static Admin admin;

  private final Deployment deployment = new Deployment(kafka, 2);
  private final String first = deployment.in + ".200ms";
  private final String second = deployment.in + ".400ms";
  private final String letters = deployment.in + ".dlq";
  private final Moody algo = new Moody();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.builder().authorizer().saslPlain(USER, PASSWORD).start();
    admin = Admin.create(kafka.adminProperties());
  }

  @AfterAll
  static void stop() {
    admin.close();
    kafka.close();
  }

  /** Fails as often as it is told to, by where a record was first read. */
  private static final class Moody implements Algo<String, String> {
    final Map<String, Integer> failures = new ConcurrentHashMap<>();
    final Map<String, List<Integer>> attempts = new ConcurrentHashMap<>();
    final Set<String> values = ConcurrentHashMap.newKeySet();

    @Override
    public String run(String text, AlgoContext context) {
      String id = Deployment.id(context.position());
      values.add(text);
      attempts.computeIfAbsent(id, unused -> new CopyOnWriteArrayList<>()).add(context.attempt());
      if (context.attempt() <= failures.getOrDefault(id, 0)) {
        throw new IllegalStateException("does not like " + id + " yet");
      }
      return id;
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(deployment.environment());
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers(Listener.SASL_PLAINTEXT));
    environment.put("KAFKA_AUTH_TYPE", "plain");
    environment.put("KAFKA_AUTH_USERNAME", USER);
    environment.put("KAFKA_AUTH_PASSWORD", PASSWORD);
    environment.put("KAFKA_PRODUCER_MAX_BLOCK_MS", "2000");
    environment.put("ALGO_RETRY_STRATEGY", STRATEGY);
    return environment;
  }

  private AlgoRunner runner(String... more) {
    Map<String, String> environment = environment();
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return AlgoRunner.builder(algo).environment(environment).build();
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "-" : new String(header.value(), UTF_8);
  }

  private long committed(String topic) {
    return deployment.probe.committedOffsets(deployment.group).entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic))
        .mapToLong(entry -> entry.getValue().offset())
        .sum();
  }

  private long end(String topic) {
    return deployment.probe.endOffsets(topic).values().stream().mapToLong(end -> end).sum();
  }

  /** All that was read is settled: nothing is under way any more. */
  private void awaitCommitted(String... topics) {
    for (String topic : topics) {
      await(topic).atMost(Deployment.SOON).until(() -> committed(topic) == end(topic));
    }
  }

  /** Each record that was filled in has one result, but those that are dead. */
  private void verify(String... dead) {
    Set<String> expected = new HashSet<>();
    for (int p = 0; p < deployment.partitions; p++) {
      for (long i = 0; i < deployment.total() / deployment.partitions; i++) {
        expected.add(p + ":" + i);
      }
    }
    expected.removeAll(Set.of(dead));
    assertThat(deployment.probe.readAll(deployment.out, expected.size(), Deployment.SOON))
        .extracting(ConsumerRecord::value)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void aFailedRecordIsTriedAgainAndInTheEndDeadLettered(String delivery) {
    algo.failures.putAll(Map.of("0:1", 1, "0:2", 2, "1:3", 3, "1:4", 99));
    deployment.fill(10);
    try (AlgoRunner runner = runner("ALGO_DELIVERY", delivery)) {
      runner.start();
      Deployment.awaitReady(runner);
      List<ConsumerRecord<String, String>> dead =
          deployment.probe.readAll(letters, 1, Deployment.SOON);
      ConsumerRecord<String, String> letter = dead.get(0);
      assertThat(letter.value()).isEqualTo("1:4");
      assertThat(letter.key()).isEqualTo("1");
      assertThat(letter.partition()).isEqualTo(1);
      assertThat(header(letter, "dlqAttempts")).isEqualTo("4");
      assertThat(header(letter, "dlqReason")).isEqualTo("algo");
      assertThat(header(letter, "dlqTopic")).isEqualTo(deployment.in);
      assertThat(header(letter, "dlqPartition")).isEqualTo("1");
      assertThat(header(letter, "dlqOffset")).isEqualTo("4");
      assertThat(header(letter, "originTopic")).isEqualTo(deployment.in);
      assertThat(header(letter, "originOffset")).isEqualTo("4");
      assertThat(letter.headers()).noneMatch(each -> each.key().startsWith("retry"));
      awaitCommitted(deployment.in, first, second);
    }
    assertThat(algo.attempts.get("0:0")).containsExactly(1);
    assertThat(algo.attempts.get("0:1")).containsExactly(1, 2);
    assertThat(algo.attempts.get("0:2")).containsExactly(1, 2, 3);
    assertThat(algo.attempts.get("1:3")).containsExactly(1, 2, 3, 4);
    assertThat(algo.attempts.get("1:4")).containsExactly(1, 2, 3, 4);
    List<ConsumerRecord<String, String>> retries =
        deployment.probe.readAll(second, 2, Deployment.SOON);
    assertThat(retries).extracting(ConsumerRecord::partition).containsOnly(1);
    assertThat(retries).extracting(retry -> header(retry, "retryNum")).containsOnly("1");
    assertThat(retries).extracting(retry -> header(retry, "retryAttempt")).containsOnly("3");
    assertThat(retries)
        .extracting(retry -> header(retry, "retryGroup"))
        .containsOnly(deployment.group);
    for (ConsumerRecord<String, String> retry : retries) {
      long millis = Long.parseLong(header(retry, "retryTimestampMs"));
      assertThat(Long.parseLong(header(retry, "retryTimestamp"))).isEqualTo((millis + 999) / 1000);
      // The producer stamps it a little after it was drawn up, which may be within a millisecond.
      assertThat(millis).isLessThanOrEqualTo(retry.timestamp() + 401);
    }
    verify("1:4");
  }

  private void write(String topic, String value, String... namesAndValues) {
    Header[] headers = new Header[namesAndValues.length / 2];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = KafkaProbe.header(namesAndValues[2 * i], namesAndValues[2 * i + 1]);
    }
    ProducerRecord<byte[], byte[]> record = KafkaProbe.record(topic, 1, "k", value, headers);
    deployment.probe.produce(record);
  }

  @Test
  void whatOthersHaveWrittenIsTakenForWhatItIs() {
    try (AlgoRunner runner = runner()) {
      runner.start();
      Deployment.awaitReady(runner);
      write(first, "foreign", "retryStepIndex", "1", "retryNum", "1", "retryGroup", "algorun-x");
      // A sidecar's: seconds only, no group, no origin; it has failed three times by now.
      write(
          second,
          "sidecar",
          "retryStepIndex",
          "2",
          "retryNum",
          "1",
          "retryTimestamp",
          "1700000000");
      write(second, "malformed", "retryStepIndex", "II", "retryNum", "-");
      deployment.awaitOutputs(2);
      awaitCommitted(first, second);
    }
    assertThat(algo.values).containsExactlyInAnyOrder("sidecar", "malformed");
    // Each its own origin, in the input topic.
    assertThat(algo.attempts).containsOnlyKeys("1:0", "1:1");
    assertThat(algo.attempts.get("1:0")).containsExactly(4);
    assertThat(algo.attempts.get("1:1")).containsExactly(1);
    assertThat(committed(first)).as("skipped, and committed").isEqualTo(1);
  }

  // What cannot be written

  private static AclBinding rule(String topic, AclOperation operation, AclPermissionType type) {
    String principal = type == AclPermissionType.ALLOW ? "User:*" : "User:" + USER;
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry(principal, "*", operation, type));
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void aRetryTopicThatIsDeniedForAWhileHaltsAndGoesOnByItself(String delivery) {
    algo.failures.put("1:3", 1);
    AclBinding denied = rule(first, AclOperation.WRITE, AclPermissionType.DENY);
    try (AlgoRunner runner = runner("ALGO_DELIVERY", delivery)) {
      runner.start();
      Deployment.awaitReady(runner);
      get(
          admin
              .createAcls(List.of(rule(first, AclOperation.ALL, AclPermissionType.ALLOW), denied))
              .all());
      deployment.fill(20);
      await("not ready")
          .atMost(Deployment.SOON)
          .until(
              () -> String.join("\n", runner.notReady()),
              why -> why.contains(deployment.in + "-1 is halted") && why.contains(first));
      await("the other partition")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed(0) == 20);
      assertThat(deployment.committed(1)).isLessThanOrEqualTo(3);
      get(admin.deleteAcls(List.of(denied.toFilter())).all());
      awaitCommitted(deployment.in);
      awaitCommitted(first);
      await().atMost(Deployment.SOON).until(runner::notReady, List::isEmpty);
    }
    assertThat(algo.attempts.get("1:3")).containsExactly(1, 2);
    verify();
  }

  @Test
  void aRetryTopicThatIsDeletedHaltsAndGoesOnWhenItIsBack() {
    algo.failures.put("1:3", 3); // the third failure is the first for the second topic
    try (AlgoRunner runner = runner()) {
      runner.start();
      Deployment.awaitReady(runner);
      get(admin.deleteTopics(List.of(second)).all());
      await("gone")
          .atMost(Deployment.SOON)
          .until(() -> !get(admin.listTopics().names()).contains(second));
      deployment.fill(10);
      await("not ready")
          .atMost(Deployment.SOON)
          .until(() -> String.join("\n", runner.notReady()), why -> why.contains(second));
      kafka.createTopic(second, 2);
      await().atMost(Deployment.SOON).until(() -> end(second) == 1);
      await().atMost(Deployment.SOON).until(runner::notReady, List::isEmpty);
      awaitCommitted(deployment.in);
      awaitCommitted(first);
    }
    // Whoever starts next reads the topic, in case this one has not noticed that it is back.
    try (AlgoRunner next = runner()) {
      next.start();
      deployment.awaitOutputs(20);
      awaitCommitted(second);
    }
    assertThat(algo.attempts.get("1:3")).containsExactly(1, 2, 3, 4);
    verify();
  }

  @Test
  void aTopicThatMayNotBeMadeIsAStartUpError() {
    AlgoRunner runner = runner("ALGO_CREATE_TOPICS", "false", "ALGO_ON_FAILURE", "halt");
    runner.start();
    await().atMost(Deployment.SOON).until(() -> runner.state() == RunnerState.FAILED);
    assertThat(runner.failure().orElseThrow())
        .hasMessageContaining("ALGO_CREATE_TOPICS=false")
        .hasMessageContaining("--create --if-not-exists --topic " + first)
        .hasMessageContaining("--create --if-not-exists --topic " + second)
        .hasMessageContaining(
            "--allow-principal User:algo --operation Read --operation Write --operation Describe"
                + " --topic "
                + first);
    runner.close();
  }
}
