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

  /** With more processors there is one for whoever takes records over. */
  private static final boolean BY_POLL_THREADS = Runtime.getRuntime().availableProcessors() <= 2;

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

  /**
   * Is quick, until it is executed by a poll thread, and not before some records were quick; where
   * poll threads execute nothing, until then. Then it waits.
   */
  private static final class QuickUntil implements Algo<String, String> {
    static final int USUALLY = 2_000;
    final CountDownLatch waits = new CountDownLatch(1);
    final CountDownLatch goesOn = new CountDownLatch(1);
    final AtomicInteger interrupts = new AtomicInteger();
    final AtomicInteger executions = new AtomicInteger();
    volatile boolean onPollThread;
    volatile int waiting;

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      boolean here = Thread.currentThread().getName().startsWith("algo-poll-");
      if (executions.incrementAndGet() > USUALLY
          && waits.getCount() > 0
          && (here || !BY_POLL_THREADS)) {
        hold(context.position().partition(), here);
      }
      return Deployment.id(context.position());
    }

    private synchronized void hold(int partition, boolean here) throws InterruptedException {
      if (waits.getCount() > 0) {
        waiting = partition;
        onPollThread = here;
        waits.countDown();
        try {
          goesOn.await();
        } catch (InterruptedException e) {
          interrupts.incrementAndGet();
          throw e;
        }
      }
    }

    /** Until one waits there is more to do. */
    void awaitWait(Deployment deployment) {
      await("one waits")
          .atMost(Deployment.SOON)
          .until(
              () -> {
                deployment.keepAhead(20_000);
                return waits.getCount() == 0;
              });
    }
  }

  @Test
  void anExecutionThatWaitsAmongQuickOnesHoldsNobodyUp() {
    RebalanceWatch watch = new RebalanceWatch();
    QuickUntil algo = new QuickUntil();
    Map<String, String> environment = deployment.environment();
    environment.put("KAFKA_CONSUMER_MAX_POLL_INTERVAL_MS", "10000");
    deployment.fill(10_000);
    try (AlgoRunner runner =
        AlgoRunner.builder(algo).environment(environment).clients(watch).build()) {
      runner.start();
      algo.awaitWait(deployment);
      assertThat(algo.onPollThread).isEqualTo(BY_POLL_THREADS);
      int other = 1 - algo.waiting;
      long before = deployment.committed(other);
      deployment.fillPartition(other, 10_000);
      await("the other partition flows meanwhile")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed(other) >= before + 10_000);
      assertThat(runner.notReady()).isEmpty();
      algo.goesOn.countDown();
      deployment.awaitAllCommitted();
      assertThat(watch.count(RebalanceWatch.Kind.ASSIGNED)).isEqualTo(1);
      assertThat(watch.count(RebalanceWatch.Kind.REVOKED)).isZero();
      assertThat(watch.count(RebalanceWatch.Kind.LOST)).isZero();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  @Test
  void aCloseInterruptsWhatWaitsOnAThreadThatWasThePollThread() {
    QuickUntil algo = new QuickUntil();
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_SHUTDOWN_TIMEOUT", "100ms");
    deployment.fill(10_000);
    try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment).build()) {
      runner.start();
      algo.awaitWait(deployment);
      assertThat(algo.onPollThread).isEqualTo(BY_POLL_THREADS);
    }
    assertThat(algo.interrupts).hasValue(1);
    QuickUntil quick = new QuickUntil();
    quick.waits.countDown();
    try (AlgoRunner next = AlgoRunner.builder(quick).environment(environment).build()) {
      next.start();
      deployment.awaitAllCommitted();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order);
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
