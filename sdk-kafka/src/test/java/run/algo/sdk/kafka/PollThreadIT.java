package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** The Algo may be as slow as it likes: the group never notices. */
@WithEmbeddedKafka
class PollThreadIT {

  private static final int SLOW = 0;
  private static final int QUICK = 1;
  private static final Duration EXECUTION = Duration.ofSeconds(30);

  private final Deployment deployment;

  PollThreadIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 2);
  }

  /** Takes half a minute for the first record of one partition. */
  private static final class Slow implements Algo<String, String> {
    final NoDuplicates executions = new NoDuplicates();
    final AtomicInteger slowOnes = new AtomicInteger();
    final AtomicLong took = new AtomicLong();

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      String id = Deployment.id(context.position());
      executions.seen(id);
      if (id.equals(SLOW + ":0")) {
        slowOnes.incrementAndGet();
        long start = System.nanoTime();
        boolean never = new CountDownLatch(1).await(EXECUTION.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(never).isFalse();
        took.set(System.nanoTime() - start);
      }
      return id;
    }
  }

  @Test
  void anExecutionThreeTimesAsLongAsThePollIntervalCausesNoRebalance() {
    RebalanceWatch watch = new RebalanceWatch();
    Slow algo = new Slow();
    Map<String, String> environment = deployment.environment();
    environment.put("KAFKA_CONSUMER_MAX_POLL_INTERVAL_MS", "10000");
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "6000");
    environment.put("ALGO_CONCURRENCY", "2");
    deployment.fill(50);
    try (AlgoRunner runner =
        AlgoRunner.builder(algo).environment(environment).clients(watch).build()) {
      runner.start();
      await().atMost(Deployment.SOON).until(() -> algo.slowOnes.get() == 1);
      deployment.fillPartition(QUICK, 50);
      await("the other partition flows meanwhile")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed(QUICK) == 100);
      assertThat(algo.took).as("the slow record still executes").hasValue(0);
      assertThat(deployment.committed(SLOW)).isZero();
      deployment.awaitAllCommitted();
      assertThat(Duration.ofNanos(algo.took.get())).isGreaterThanOrEqualTo(EXECUTION);
      assertThat(watch.count(RebalanceWatch.Kind.ASSIGNED)).isEqualTo(1);
      assertThat(watch.count(RebalanceWatch.Kind.REVOKED)).isZero();
      assertThat(watch.count(RebalanceWatch.Kind.LOST)).isZero();
      assertThat(runner.notReady()).isEmpty();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(algo.executions, judgement.loss, judgement.order, judgement.duplicates);
  }
}
