package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** Members with a name of their own: a restart moves no partition. */
@WithEmbeddedKafka
class StaticMemberIT {

  private static final int PARTITIONS = 4;

  private final Deployment deployment;
  private final NoDuplicates executions = new NoDuplicates();

  StaticMemberIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, PARTITIONS, 20);
  }

  /** Remembers whose partitions it was given. */
  private final class Member implements Algo<String, String>, AutoCloseable {
    final RebalanceWatch watch = new RebalanceWatch();
    final Set<Integer> partitions = ConcurrentHashMap.newKeySet();
    final AlgoRunner runner;
    final CountDownLatch interrupted = new CountDownLatch(1);
    volatile boolean stands;

    Member(String name) {
      Map<String, String> environment = new HashMap<>(deployment.environment());
      environment.put("ALGO_ORDERING", "key");
      environment.put("KAFKA_CONSUMER_GROUP_INSTANCE_ID", name);
      environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "30000");
      environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
      runner = AlgoRunner.builder(this).environment(environment).clients(watch).build();
      runner.start();
    }

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      String id = Deployment.id(context.position());
      executions.seen(id);
      partitions.add(context.position().partition());
      if (stands) {
        try {
          new CountDownLatch(1).await();
        } finally {
          interrupted.countDown();
        }
      }
      return id;
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /** Both have their half of the partitions, and work. */
  private void awaitBothTakePart(Member first, Member second) {
    await("both take part")
        .atMost(Deployment.SOON)
        .until(
            () -> {
              first.partitions.clear();
              second.partitions.clear();
              deployment.fill(10);
              deployment.awaitAllCommitted();
              return first.partitions.size() == 2 && second.partitions.size() == 2;
            });
  }

  @Test
  void aRestartWithinTheSessionTimeoutMovesNothing() {
    try (Member stays = new Member("stays")) {
      Set<Integer> before;
      try (Member leaves = new Member("leaves")) {
        awaitBothTakePart(stays, leaves);
        before = Set.copyOf(leaves.partitions);
      }
      long events = stays.watch.events.size();
      deployment.fill(500);
      try (Member returns = new Member("leaves")) {
        deployment.awaitAllCommitted();
        assertThat(returns.partitions).containsExactlyInAnyOrderElementsOf(before);
        assertThat(stays.watch.events).as("the other has heard of nothing").hasSize((int) events);
      }
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates, executions);
  }

  /** Its executions are interrupted since it ends, which says nothing about their records. */
  @Test
  void whatAFencedMemberWasExecutingIsNoFailure() throws InterruptedException {
    deployment.fill(40);
    try (Member first = new Member("same")) {
      first.stands = true;
      await("it executes").atMost(Deployment.SOON).until(() -> !first.partitions.isEmpty());
      try (Member second = new Member("same")) {
        await("the first is fenced")
            .atMost(Deployment.SOON)
            .until(() -> first.runner.state() == RunnerState.FAILED);
        assertThat(first.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        deployment.awaitAllCommitted();
        assertThat(second.runner.state()).isEqualTo(RunnerState.RUNNING);
      }
    }
    assertThat(deployment.probe.endOffsets(deployment.in + ".dlq").values())
        .allMatch(end -> end == 0);
    Guarantee.verifyAll(deployment.judge().loss);
  }

  @Test
  void whoseNameIsTakenByAnotherFails() {
    deployment.fill(100);
    try (Member first = new Member("same")) {
      deployment.awaitAllCommitted();
      try (Member second = new Member("same")) {
        await("the first is fenced")
            .atMost(Deployment.SOON)
            .until(
                () -> {
                  deployment.fill(5); // a commit is told of it as well as a heartbeat
                  return first.runner.state() == RunnerState.FAILED;
                });
        assertThat(first.runner.failure()).get().isInstanceOf(FencedInstanceIdException.class);
        assertThat(first.runner.notReady()).anySatisfy(r -> assertThat(r).contains("FAILED"));
        deployment.awaitAllCommitted();
        assertThat(second.runner.state()).isEqualTo(RunnerState.RUNNING);
        assertThat(second.partitions).hasSize(PARTITIONS);
      }
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order);
  }
}
