package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** Executions that wait cost no thread of the system where Java has virtual ones. */
@WithEmbeddedKafka
@Tag("core")
class WaitingExecutionsIT {

  private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

  /** On an older Java each takes a thread, so there they are few. */
  private static final int AT_ONCE = VIRTUAL ? 10_000 : 100;

  /**
   * Further threads that may come up meanwhile, on a busy machine too: clients, carriers and what
   * stands in for those that block, the broker's own. Far fewer than one an execution.
   */
  private static final int OTHERS = 400;

  private final Deployment deployment;

  WaitingExecutionsIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 1);
  }

  /** Nobody goes on before all have come, and then each waits about a second. */
  private static final class Waiting implements Algo<String, String> {
    final NoDuplicates executions = new NoDuplicates();
    final AtomicInteger now = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final CountDownLatch allThere = new CountDownLatch(AT_ONCE);

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      executions.seen(Deployment.id(context.position()));
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        allThere.countDown();
        allThere.await();
        TimeUnit.MILLISECONDS.sleep(1_000);
        return text;
      } finally {
        now.decrementAndGet();
      }
    }
  }

  @Test
  void asManyExecutionsAsThereMayBeWaitAtOnce() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean(); // counts no virtual ones
    Waiting algo = new Waiting();
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", "key");
    environment.put("ALGO_CONCURRENCY", Integer.toString(AT_ONCE));
    environment.put("ALGO_MAX_IN_FLIGHT", "40000");
    // Some more than there may be at once.
    int records = AT_ONCE + AT_ONCE / 2;
    List<ProducerRecord<byte[], byte[]>> backlog = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      backlog.add(KafkaProbe.record(deployment.in, 0, "key-" + i, "text"));
    }
    deployment.probe.produceAll(backlog);
    int before = threads.getThreadCount();
    threads.resetPeakThreadCount();
    try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment).build()) {
      runner.start();
      deployment.probe.awaitCommittedOffset(
          deployment.group, deployment.input(0), records, Deployment.SOON);
      await().atMost(Deployment.SOON).until(() -> algo.now.get() == 0);
    }
    assertThat(algo.most).as("all that may, and no more").hasValue(AT_ONCE);
    assertThat(threads.getPeakThreadCount() - before).isLessThan(OTHERS + (VIRTUAL ? 0 : AT_ONCE));
    algo.executions.verify();
  }
}
