package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.Listener;

/** Failed records are parked, with the later ones of their key, and the key keeps its order. */
class ParkingIT {

  private static final String USER = "algo";
  private static final String PASSWORD = "algo-secret";
  private static final int KEYS = 5;

  private static EmbeddedKafka kafka;
  private static Admin admin;

  private final Deployment deployment = new Deployment(kafka, 2, KEYS);
  private final ParkingTopicProbe parked = new ParkingTopicProbe(deployment);
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

    /** Offsets that were completed, by key, in their order. */
    final Map<String, List<Long>> completed = new ConcurrentHashMap<>();

    @Override
    public String run(String text, AlgoContext context) {
      String id = Deployment.id(context.position());
      attempts.computeIfAbsent(id, unused -> new CopyOnWriteArrayList<>()).add(context.attempt());
      if (context.attempt() <= failures.getOrDefault(id, 0)) {
        throw new IllegalStateException("does not like " + id + " yet");
      }
      completed
          .computeIfAbsent(context.key().orElse("-"), unused -> new CopyOnWriteArrayList<>())
          .add(context.position().offset());
      return id;
    }
  }

  private AlgoRunner runner(String strategy, String... more) {
    Map<String, String> environment = new HashMap<>(deployment.environment());
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers(Listener.SASL_PLAINTEXT));
    environment.put("KAFKA_AUTH_TYPE", "plain");
    environment.put("KAFKA_AUTH_USERNAME", USER);
    environment.put("KAFKA_AUTH_PASSWORD", PASSWORD);
    environment.put("KAFKA_PRODUCER_MAX_BLOCK_MS", "2000");
    environment.put("ALGO_RETRY_STRATEGY", strategy);
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return AlgoRunner.builder(algo).environment(environment).build();
  }

  /** All that was filled in has its outcome, and nothing waits any more. */
  private void awaitAll() {
    deployment.awaitAllCommitted();
    parked.awaitNoneLive();
    deployment.awaitAllCommitted();
  }

  /** The offsets that have the key of one of them, in so many records. */
  private List<Long> sameKey(int partition, long offset, int count) {
    return LongStream.range(0, count)
        .filter(other -> deployment.key(partition, other).equals(deployment.key(partition, offset)))
        .boxed()
        .toList();
  }

  private void verifyOrder() {
    algo.completed.forEach(
        (key, offsets) ->
            assertThat(offsets.stream().distinct().toList())
                .as("first completions of key " + key)
                .isSorted());
  }

  /** Each record that was filled in has one result, but those that are dead. */
  private void verifyOutputs(String... dead) {
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
  @CsvSource({
    "at-least-once, partition",
    "at-least-once, unordered",
    "exactly-once, partition",
    "exactly-once, key"
  })
  void theKeyOfAFailedRecordWaitsAndKeepsItsOrder(String delivery, String ordering) {
    algo.failures.putAll(Map.of("0:3", 2, "0:8", 1, "1:0", 1, "1:44", 99));
    try (AlgoRunner runner =
        runner(
            ParkingTopicProbe.strategy("StatefulOrdered", Duration.ofMillis(200), 3),
            "ALGO_DELIVERY",
            delivery,
            "ALGO_ORDERING",
            ordering)) {
      runner.start();
      Deployment.awaitReady(runner);
      for (int i = 0; i < 10; i++) {
        deployment.fill(10);
      }
      awaitAll();
      deployment.fill(10); // the keys flow again
      awaitAll();
      assertThat(runner.notReady()).isEmpty();
    }
    assertThat(algo.attempts.get("0:3")).containsExactly(1, 2, 3);
    assertThat(algo.attempts.get("0:8")).containsExactly(1, 2);
    assertThat(algo.attempts.get("1:0")).containsExactly(1, 2);
    assertThat(algo.attempts.get("1:44")).containsExactly(1, 2, 3, 4);
    verifyOrder();
    verifyOutputs("1:44");
    ConsumerRecord<String, String> letter =
        deployment.probe.readAll(deployment.in + ".dlq", 1, Deployment.SOON).get(0);
    assertThat(letter.value()).isEqualTo("1:44");
    assertThat(header(letter, "dlqAttempts")).isEqualTo("4");
    assertThat(header(letter, "originOffset")).isEqualTo("44");
    assertThat(letter.headers()).noneMatch(each -> each.key().startsWith("parked"));
    assertThat(letter.headers()).noneMatch(each -> each.key().startsWith("retry"));
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "-" : new String(header.value(), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void offsetsMoveOnAndWhatIsParkedSurvives(String delivery) {
    String strategy = ParkingTopicProbe.strategy("StatefulOrdered", Duration.ofSeconds(4), 1);
    algo.failures.put("0:2", 1);
    try (AlgoRunner runner = runner(strategy, "ALGO_DELIVERY", delivery)) {
      runner.start();
      Deployment.awaitReady(runner);
      deployment.fill(50);
      deployment.awaitAllCommitted();
      List<Long> waiting = sameKey(0, 2, 50).stream().filter(offset -> offset >= 2).toList();
      assertThat(waiting).hasSizeGreaterThan(3);
      assertThat(parked.live().keySet())
          .containsExactlyInAnyOrderElementsOf(
              waiting.stream().map(offset -> "0/" + offset).toList());
      assertThat(algo.attempts.get("0:2")).containsExactly(1);
      assertThat(algo.attempts).doesNotContainKey("0:" + waiting.get(1));
    }
    try (AlgoRunner next = runner(strategy, "ALGO_DELIVERY", delivery)) {
      next.start();
      Deployment.awaitReady(next);
      deployment.fill(10);
      awaitAll();
    }
    assertThat(algo.attempts.get("0:2")).containsExactly(1, 2);
    for (long offset : sameKey(0, 2, 50)) {
      assertThat(algo.attempts.get("0:" + offset)).hasSize(offset == 2 ? 2 : 1);
    }
    verifyOrder();
    verifyOutputs();
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void withoutOrderOnlyTheFailedRecordsWait(String delivery) {
    algo.failures.putAll(Map.of("0:2", 1, "1:7", 2));
    try (AlgoRunner runner =
        runner(
            ParkingTopicProbe.strategy("StatefulUnordered", Duration.ofSeconds(4), 2),
            "ALGO_DELIVERY",
            delivery)) {
      runner.start();
      Deployment.awaitReady(runner);
      deployment.fill(50);
      deployment.awaitAllCommitted();
      assertThat(parked.live()).containsOnlyKeys("0/2", "1/7");
      awaitAll();
    }
    assertThat(algo.attempts.get("0:2")).containsExactly(1, 2);
    assertThat(algo.attempts.get("1:7")).containsExactly(1, 2, 3);
    assertThat(algo.attempts.values()).filteredOn(tries -> tries.size() > 1).hasSize(2);
    verifyOutputs();
  }

  /** What is held keeps the transaction open that would park, and its trigger is of that key. */
  @Test
  void withExactlyOnceAGatherDoesNotWaitForWhatItHoldsUp() {
    algo.failures.put("0:1", 1);
    try (AlgoRunner runner =
        runner(
            ParkingTopicProbe.strategy("StatefulOrdered", Duration.ofMillis(200), 1),
            "ALGO_DELIVERY",
            "exactly-once")) {
      runner.start();
      Deployment.awaitReady(runner);
      Header trace = KafkaProbe.header("traceID", "t");
      Header hold = KafkaProbe.header("run", "false");
      Header trigger = KafkaProbe.header("run", "true");
      deployment.probe.produceAll(
          List.of(
              KafkaProbe.record(deployment.in, 0, "k", "held", trace, hold),
              KafkaProbe.record(deployment.in, 0, "k", "fails once"),
              KafkaProbe.record(deployment.in, 0, "k", "triggers", trace, trigger)));
      await().atMost(Deployment.SOON).until(() -> deployment.committed(0) == 3);
    }
    assertThat(algo.attempts.get("0:1")).containsExactly(1, 2);
    assertThat(algo.attempts.get("0:2")).containsExactly(1);
    assertThat(algo.completed.get("k")).containsExactly(1L, 2L);
  }

  @Test
  void moreThanMayWaitOfAKeyIsDeadLettered() {
    algo.failures.put("0:0", 99);
    try (AlgoRunner runner =
        runner(
            ParkingTopicProbe.strategy("StatefulOrdered", Duration.ofHours(1), 1),
            "ALGO_PARKED_PER_KEY",
            "3")) {
      runner.start();
      Deployment.awaitReady(runner);
      deployment.fill(30);
      deployment.awaitAllCommitted();
      List<Long> all = sameKey(0, 0, 30);
      assertThat(all).hasSizeGreaterThan(4);
      assertThat(parked.live().keySet())
          .containsExactlyInAnyOrderElementsOf(
              all.stream().limit(3).map(offset -> "0/" + offset).toList());
      List<ConsumerRecord<String, String>> letters =
          deployment.probe.readAll(deployment.in + ".dlq", all.size() - 3, Deployment.SOON);
      assertThat(letters)
          .extracting(ConsumerRecord::value)
          .containsExactlyInAnyOrderElementsOf(
              all.stream().skip(3).map(offset -> "0:" + offset).toList());
      assertThat(header(letters.get(0), "dlqAttempts")).isEqualTo("0");
      assertThat(header(letters.get(0), "dlqExceptionMessage")).contains("ALGO_PARKED_PER_KEY");
    }
  }

  @Test
  void moreThanMayWaitHaltsThePartitionUntilThereIsRoom() {
    algo.failures.put("0:0", 1);
    try (AlgoRunner runner =
        runner(
            ParkingTopicProbe.strategy("StatefulOrdered", Duration.ofSeconds(3), 1),
            "ALGO_PARKED_MAX",
            "3",
            "ALGO_PARKED_FULL",
            "halt")) {
      runner.start();
      Deployment.awaitReady(runner);
      deployment.fill(50);
      await("halted")
          .atMost(Deployment.SOON)
          .until(
              () -> String.join("\n", runner.notReady()),
              why -> why.contains(deployment.in + "-0 is halted") && why.contains("parked"));
      await("the other partition")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed(1) == 50);
      awaitAll();
      await().atMost(Deployment.SOON).until(runner::notReady, List::isEmpty);
    }
    verifyOrder();
    verifyOutputs();
  }

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
  void aParkingTopicThatIsDeniedForAWhileHaltsAndGoesOnByItself(String delivery) {
    algo.failures.put("1:3", 1);
    AclBinding denied = rule(parked.name, AclOperation.WRITE, AclPermissionType.DENY);
    try (AlgoRunner runner =
        runner(
            ParkingTopicProbe.strategy("StatefulOrdered", Duration.ofMillis(200), 1),
            "ALGO_DELIVERY",
            delivery)) {
      runner.start();
      Deployment.awaitReady(runner);
      get(
          admin
              .createAcls(
                  List.of(rule(parked.name, AclOperation.ALL, AclPermissionType.ALLOW), denied))
              .all());
      deployment.fill(50);
      await("not ready")
          .atMost(Deployment.SOON)
          .until(
              () -> String.join("\n", runner.notReady()),
              why -> why.contains(deployment.in + "-1 is halted") && why.contains(parked.name));
      await("the other partition")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed(0) == 50);
      assertThat(deployment.committed(1)).isLessThanOrEqualTo(3);
      get(admin.deleteAcls(List.of(denied.toFilter())).all());
      awaitAll();
      await().atMost(Deployment.SOON).until(runner::notReady, List::isEmpty);
    }
    assertThat(algo.attempts.get("1:3")).containsExactly(1, 2);
    verifyOrder();
    verifyOutputs();
  }
}
