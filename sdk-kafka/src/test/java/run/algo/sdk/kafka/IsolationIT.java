package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** A partition that stands still stands alone, whatever the order. */
@WithEmbeddedKafka
class IsolationIT {

  private static final int RECORDS = 2_000;

  private final Deployment deployment;
  private final Map<String, String> environment;

  IsolationIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 4, 50);
    environment = deployment.environment();
    environment.put("ALGO_CONCURRENCY", "16");
    environment.put("ALGO_MAX_IN_FLIGHT", "1000");
  }

  /** Does with the first partition what it is told. */
  private static final class First implements Algo<String, String> {
    final NoDuplicates executions = new NoDuplicates();
    final ConcurrentLinkedQueue<String> ofTheFirst = new ConcurrentLinkedQueue<>();
    final CountDownLatch letGo = new CountDownLatch(1);
    final boolean fails;

    First(boolean fails) {
      this.fails = fails;
    }

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      String id = Deployment.id(context.position());
      executions.seen(id);
      if (context.position().partition() == 0) {
        if (fails && context.position().offset() == 5) {
          throw new IllegalStateException("does not like " + id);
        }
        if (!fails) {
          letGo.await();
        }
        ofTheFirst.add(id);
      }
      return id;
    }
  }

  private void awaitOthers(long offset) {
    for (int p = 1; p < 4; p++) {
      deployment.probe.awaitCommittedOffset(
          deployment.group, deployment.input(p), offset, Deployment.SOON);
    }
  }

  private void verify(Ordering ordering, NoDuplicates executions) {
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, executions);
    if (ordering != Ordering.UNORDERED) {
      judgement.order.verify();
    }
  }

  @ParameterizedTest
  @EnumSource
  void partitionsFlowToTheirEndsBesideASlowOne(Ordering ordering) {
    First algo = new First(false);
    environment.put("ALGO_ORDERING", ordering.wireName());
    deployment.fill(RECORDS);
    try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment).build()) {
      runner.start();
      awaitOthers(RECORDS);
      deployment.fill(RECORDS);
      awaitOthers(2 * RECORDS);
      assertThat(algo.ofTheFirst).as("still slow").isEmpty();
      assertThat(deployment.committed(0)).isZero();
      assertThat(runner.notReady()).isEmpty();
      algo.letGo.countDown();
      deployment.awaitAllCommitted();
    }
    verify(ordering, algo.executions);
  }

  @ParameterizedTest
  @EnumSource
  void partitionsFlowToTheirEndsBesideAHaltedOne(Ordering ordering) {
    First algo = new First(true);
    environment.put("ALGO_ORDERING", ordering.wireName());
    environment.put("ALGO_ON_FAILURE", "halt");
    deployment.fill(RECORDS);
    try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment).build()) {
      runner.start();
      await("halted")
          .atMost(Deployment.SOON)
          .until(
              runner::notReady,
              reasons ->
                  reasons.stream().anyMatch(r -> r.contains(deployment.in + "-0 is halted")));
      awaitOthers(RECORDS);
      deployment.fill(RECORDS);
      awaitOthers(2 * RECORDS);
      if (ordering == Ordering.PARTITION) {
        deployment.probe.awaitCommittedOffset(
            deployment.group, deployment.input(0), 5, Deployment.SOON);
      }
      // In another order one before it may have had to begin still.
      assertThat(deployment.committed(0)).isLessThanOrEqualTo(5);
      assertThat(algo.ofTheFirst).as("it began no more").hasSizeLessThan(RECORDS);
      assertThat(runner.notReady()).singleElement().asString().contains("-0 is halted at offset 5");
    }
    First next = new First(false);
    next.letGo.countDown();
    try (AlgoRunner runner = AlgoRunner.builder(next).environment(environment).build()) {
      runner.start();
      deployment.awaitAllCommitted();
    }
    verify(ordering, next.executions);
    // What was settled beyond the record that halted it is not executed again.
    assertThat(next.ofTheFirst).doesNotContainAnyElementsOf(algo.ofTheFirst);
  }
}
