package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.guarantees.NoLoss;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** Members come and go while records flow. */
@WithEmbeddedKafka
class RebalanceIT {

  /** What lies ahead of the runners, so that the load never ends by itself. */
  private static final int BACKLOG = 2_000;

  /** Executions that show that a runner takes part. */
  private static final int SOME = 300;

  private final EmbeddedKafka kafka;

  RebalanceIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /** Works a little on each record, and remembers what it has executed. */
  private static final class Working implements Algo<String, String> {
    final NoDuplicates executions;
    final Set<String> own = ConcurrentHashMap.newKeySet();

    Working(NoDuplicates executions) {
      this.executions = executions;
    }

    @Override
    public String run(String text, AlgoContext context) {
      String id = Deployment.id(context.position());
      executions.seen(id);
      LockSupport.parkNanos(1_000_000);
      own.add(id);
      return id;
    }
  }

  /** Both members drain what they must give away, so not even a duplicate comes of it. */
  @ParameterizedTest
  @EnumSource(RebalanceProtocol.class)
  void aSecondRunnerJoinsAndLeavesUnderLoad(RebalanceProtocol protocol) {
    Deployment deployment = new Deployment(kafka, 4);
    Map<String, String> environment = deployment.environment();
    protocol.set(environment);
    NoDuplicates executions = new NoDuplicates();
    Working first = new Working(executions);
    Working second = new Working(executions);
    RebalanceWatch watch = new RebalanceWatch();
    try (AlgoRunner runner =
        AlgoRunner.builder(first).environment(environment).clients(watch).build()) {
      runner.start();
      await().atMost(Deployment.SOON).until(() -> underLoad(deployment, first));
      try (AlgoRunner other = AlgoRunner.builder(second).environment(environment).build()) {
        other.start();
        await("the second takes part")
            .atMost(Deployment.SOON)
            .until(() -> underLoad(deployment, second));
        deployment.fill(BACKLOG);
      }
      assertThat(deployment.committed()).as("under load to the end").isLessThan(deployment.total());
      deployment.awaitAllCommitted();
      assertThat(watch.count(RebalanceWatch.Kind.REVOKED)).isPositive();
      assertThat(watch.count(RebalanceWatch.Kind.LOST)).isZero();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates, executions);
  }

  private static boolean underLoad(Deployment deployment, Working member) {
    if (deployment.total() - deployment.committed() < BACKLOG) {
      deployment.fill(BACKLOG / deployment.partitions);
    }
    return member.own.size() > SOME;
  }

  /** Executes the first record of each partition until it is let go. */
  private static final class Held implements Algo<String, String> {
    final NoDuplicates executions = new NoDuplicates();
    final NoLoss started = new NoLoss();
    final CountDownLatch letGo = new CountDownLatch(1);
    final long heldOffset;

    Held(int partitions, long heldOffset) {
      this.heldOffset = heldOffset;
      for (int p = 0; p < partitions; p++) {
        started.expected(p + ":" + heldOffset);
      }
    }

    @Override
    public String run(String text, AlgoContext context) {
      String id = Deployment.id(context.position());
      executions.seen(id);
      started.seen(id);
      if (context.position().offset() == heldOffset) {
        awaitUninterruptibly(letGo);
      }
      return id;
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatExecutesAtARevocationEndsAndIsCommittedByTheOldOwner() {
    Deployment deployment = new Deployment(kafka, 2);
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_CONCURRENCY", "2");
    environment.put("ALGO_REVOKE_TIMEOUT", "30s");
    Held algo = new Held(2, 0);
    NoDuplicates executions = new NoDuplicates();
    RebalanceWatch watch = new RebalanceWatch();
    deployment.fill(10);
    try (AlgoRunner runner =
        AlgoRunner.builder(algo).environment(environment).clients(watch).build()) {
      runner.start();
      await().atMost(Deployment.SOON).until(() -> algo.started.missing() == 0);
      Working second = new Working(executions);
      try (AlgoRunner other = AlgoRunner.builder(second).environment(environment).build()) {
        other.start();
        await("partitions are being taken away").atMost(Deployment.SOON).until(watch::revoking);
        assertThat(deployment.committed()).isZero();
        algo.letGo.countDown();
        deployment.awaitAllCommitted();
        assertThat(second.own).as("the drained record is not executed again").hasSize(9);
      }
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(
        judgement.loss, judgement.order, judgement.duplicates, algo.executions, executions);
  }

  @Test
  void anExecutionThatOutlivesTheRevokeTimeoutTouchesNothing() {
    Deployment deployment = new Deployment(kafka, 2);
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_CONCURRENCY", "2");
    environment.put("ALGO_REVOKE_TIMEOUT", "500ms");
    Held slow = new Held(2, 0);
    Held next = new Held(2, 5);
    RebalanceWatch watch = new RebalanceWatch();
    RebalanceWatch nextWatch = new RebalanceWatch();
    deployment.fill(10);
    try (AlgoRunner runner =
        AlgoRunner.builder(slow).environment(environment).clients(watch).build()) {
      runner.start();
      await().atMost(Deployment.SOON).until(() -> slow.started.missing() == 0);
      try (AlgoRunner other =
          AlgoRunner.builder(next).environment(environment).clients(nextWatch).build()) {
        other.start();
        // The new owner executes the same record again, and stops at its sixth.
        await().atMost(Deployment.SOON).until(() -> next.started.missing() == 1);
        int moved =
            nextWatch.events.stream()
                .filter(e -> e.kind() == RebalanceWatch.Kind.ASSIGNED)
                .flatMap(e -> e.partitions().stream())
                .findFirst()
                .orElseThrow()
                .partition();
        int kept = 1 - moved;
        deployment.probe.awaitCommittedOffset(
            deployment.group, deployment.input(moved), 5, Deployment.SOON);
        // Now both executions of the first owner end: of the one partition that is still its own.
        slow.letGo.countDown();
        deployment.probe.awaitCommittedOffset(
            deployment.group, deployment.input(kept), 10, Deployment.SOON);
        // The late output comes, a duplicate as at-least-once allows; and moves no offset.
        deployment.awaitOutputs(10 + 5 + 1);
        await("commits after the late completion")
            .during(Duration.ofMillis(500))
            .atMost(Deployment.SOON)
            .until(() -> deployment.committed(moved) == 5);
        next.letGo.countDown();
        deployment.awaitAllCommitted();
      }
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, next.executions, slow.executions);
    assertThat(judgement.outputs).as("one duplicate: the late output").isEqualTo(21);
  }
}
