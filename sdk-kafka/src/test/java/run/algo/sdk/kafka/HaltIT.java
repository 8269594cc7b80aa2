package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.Listener;

/**
 * What cannot be written halts its partition and nothing else, is told by the runner, and goes on
 * by itself when it can be written, without executing the Algo again.
 */
class HaltIT {

  private static final String USER = "algo";
  private static final String PASSWORD = "algo-secret";
  private static EmbeddedKafka kafka;
  private static Admin admin;

  private final Deployment deployment = new Deployment(kafka, 4);
  private final Picky algo = new Picky();

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

  /** Fails on the records it is told to. */
  private static final class Picky implements Algo<String, String> {
    final NoDuplicates executions = new NoDuplicates();
    final Set<String> executed = ConcurrentHashMap.newKeySet();
    final Set<String> failing = ConcurrentHashMap.newKeySet();

    @Override
    public String run(String text, AlgoContext context) {
      String id = Deployment.id(context.position());
      executions.seen(id);
      executed.add(id);
      if (failing.contains(id)) {
        throw new IllegalStateException("does not like " + id);
      }
      return id;
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = deployment.environment();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers(Listener.SASL_PLAINTEXT));
    environment.put("KAFKA_AUTH_TYPE", "plain");
    environment.put("KAFKA_AUTH_USERNAME", USER);
    environment.put("KAFKA_AUTH_PASSWORD", PASSWORD);
    // A topic that is gone is then noticed soon.
    environment.put("KAFKA_PRODUCER_MAX_BLOCK_MS", "2000");
    return environment;
  }

  private static AclBinding rule(String topic, AclOperation operation, AclPermissionType type) {
    String principal = type == AclPermissionType.ALLOW ? "User:*" : "User:" + USER;
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry(principal, "*", operation, type));
  }

  /** Denies the runner's user to write, and nothing else. */
  private static void deny(String topic) {
    get(
        admin
            .createAcls(
                List.of(
                    rule(topic, AclOperation.ALL, AclPermissionType.ALLOW),
                    rule(topic, AclOperation.WRITE, AclPermissionType.DENY)))
            .all());
  }

  private static void allow(String topic) {
    get(
        admin
            .deleteAcls(List.of(rule(topic, AclOperation.WRITE, AclPermissionType.DENY).toFilter()))
            .all());
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private AlgoRunner runner() {
    return AlgoRunner.builder(algo).environment(environment()).build();
  }

  private static void awaitHalt(AlgoRunner runner, String what) {
    await("halted at " + what)
        .atMost(Deployment.SOON)
        .until(
            runner::notReady,
            reasons -> reasons.stream().anyMatch(reason -> reason.contains(what)));
  }

  private void awaitCommitted(int partition, long offset) {
    deployment.probe.awaitCommittedOffset(
        deployment.group, deployment.input(partition), offset, Deployment.SOON);
  }

  @Test
  void aFailureWithoutDeadLettersHaltsItsPartitionAlone() {
    kafka.createTopic(deployment.in + ".dlq", 4);
    deny(deployment.in + ".dlq");
    algo.failing.add("2:7");
    deployment.fill(20);
    try (AlgoRunner runner = runner()) {
      runner.start();
      awaitHalt(runner, deployment.in + "-2 is halted at offset 7");
      for (int p : new int[] {0, 1, 3}) {
        awaitCommitted(p, 20);
      }
      awaitCommitted(2, 7);
      deployment.fill(5);
      for (int p : new int[] {0, 1, 3}) {
        awaitCommitted(p, 25);
      }
      assertThat(runner.notReady()).hasSize(1);
      assertThat(runner.state()).isEqualTo(RunnerState.RUNNING);
    }
    assertThat(deployment.committed(2)).isEqualTo(7);
    assertThat(algo.executed).doesNotContain("2:8");
    // Another process takes it from there.
    algo.failing.clear();
    try (AlgoRunner runner = runner()) {
      runner.start();
      deployment.awaitAllCommitted();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  @Test
  void deadLettersThatCannotBeWrittenForAWhileGoOnByThemselves() {
    algo.failing.addAll(Set.of("1:3", "1:8"));
    try (AlgoRunner runner = runner()) {
      runner.start();
      Deployment.awaitReady(runner);
      deny(deployment.in + ".dlq");
      deployment.fill(20);
      awaitHalt(runner, deployment.in + "-1 is halted at offset 3");
      for (int p : new int[] {0, 2, 3}) {
        awaitCommitted(p, 20);
      }
      awaitCommitted(1, 3);
      // What was under way when the dead letter failed is through; from here on none begins.
      deployment.fillPartition(1, 5);
      deployment.fillPartition(0, 5);
      awaitCommitted(0, 25);
      assertThat(algo.executed).doesNotContain("1:20");
      assertThat(deployment.committed(1)).isEqualTo(3);
      allow(deployment.in + ".dlq");
      deployment.awaitAllCommitted();
      assertThat(runner.notReady()).isEmpty();
    }
    assertThat(deployment.probe.readAll(deployment.in + ".dlq", 2, Deployment.SOON))
        .extracting(letter -> letter.value())
        .containsExactly("1:3", "1:8");
    Deployment.Judgement judgement = deployment.judge();
    algo.executions.verify();
    Guarantee.verifyAll(judgement.order, judgement.duplicates);
    assertThat(judgement.outputs).isEqualTo(4 * 20 + 2 * 5 - 2);
  }

  @Test
  void outputsThatAreDeniedForAWhileWaitInTheirOrder() {
    deployment.fill(100);
    try (AlgoRunner runner = runner()) {
      runner.start();
      deployment.awaitOutputs(100);
      deny(deployment.out);
      deployment.fill(3_000);
      awaitHalt(runner, "is halted");
      long before = deployment.outputs();
      await("nothing is written meanwhile")
          .during(Duration.ofSeconds(2))
          .atMost(Deployment.SOON)
          .until(() -> deployment.outputs() == before);
      assertThat(deployment.committed()).isLessThanOrEqualTo(before);
      allow(deployment.out);
      deployment.awaitAllCommitted();
      await().atMost(Deployment.SOON).until(runner::notReady, List::isEmpty);
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates, algo.executions);
  }

  @Test
  void outputsWhoseTopicIsDeletedWaitForItsReturn() {
    deployment.fill(50);
    try (AlgoRunner runner = runner()) {
      runner.start();
      deployment.awaitAllCommitted();
      get(admin.deleteTopics(List.of(deployment.out)).all());
      await("the broker has forgotten it")
          .atMost(Deployment.SOON)
          .until(() -> !topics().contains(deployment.out));
      // The producer holds what it was given before it knew; what comes after that halts.
      deployment.fill(50);
      await().atMost(Deployment.SOON).until(() -> algo.executed.contains("0:50"));
      await()
          .atMost(Deployment.SOON)
          .until(
              () -> {
                deployment.fill(1);
                return !runner.notReady().isEmpty();
              });
      awaitHalt(runner, deployment.out);
      assertThat(deployment.committed()).isEqualTo(200);
      kafka.createTopic(deployment.out, 4);
      deployment.awaitAllCommitted();
      await().atMost(Deployment.SOON).until(runner::notReady, List::isEmpty);
    }
    Deployment.Judgement judgement = deployment.judge();
    // The first half went with the old topic.
    assertThat(judgement.outputs).isEqualTo((int) deployment.total() - 200);
    Guarantee.verifyAll(judgement.order, judgement.duplicates, algo.executions);
  }

  private static Set<String> topics() {
    return get(admin.listTopics().names());
  }

  @Test
  void closingEndsCleanlyWhileAnOutputCannotBeWritten() {
    deny(deployment.out);
    deployment.fill(500);
    AlgoRunner runner = runner();
    runner.start();
    awaitHalt(runner, "is halted");
    long start = System.nanoTime();
    runner.close();
    // A halted partition has nothing to drain: the 25 s of the shutdown are not waited for.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    assertThat(runner.state()).isEqualTo(RunnerState.CLOSED);
    assertThat(deployment.committed()).isZero();
    allow(deployment.out);
    try (AlgoRunner next = runner()) {
      next.start();
      deployment.awaitAllCommitted();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order);
  }
}
