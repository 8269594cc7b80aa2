package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * Exactly-once under {@code kill -9}: whoever reads what is committed sees each result once, none
 * is missing, and the order stands, although executions are repeated.
 */
@WithEmbeddedKafka
class ExactlyOnceKillIT {

  /** Records that lie ahead, so that the load never ends by itself. */
  private static final int BACKLOG = 4_000;

  private final EmbeddedKafka kafka;

  ExactlyOnceKillIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "key", "unordered"})
  void aProcessThatIsKilledUnderLoadLeavesEachResultOnce(String ordering) {
    run(ordering, 2, 300, 1_200);
  }

  @ParameterizedTest
  @Tag("chaos")
  @ValueSource(strings = {"partition", "key", "unordered"})
  void aProcessThatIsKilledForMinutesLeavesEachResultOnce(String ordering) {
    run(ordering, 25, 3_000, 3_000);
  }

  private void run(String ordering, int kills, int leastMillis, int spreadMillis) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ExactlyOnceKillIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    Deployment deployment = new Deployment(kafka, 4, 50);
    ExecutionLog log = ExecutionLog.create();
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_DELIVERY", "exactly-once");
    environment.put("ALGO_ORDERING", ordering);
    environment.put("ALGO_CONCURRENCY", "16");
    environment.put("ALGO_MAX_IN_FLIGHT", "500");
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "2000");
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    // As a StatefulSet's pods are named: a process that comes back ends what it has left open.
    environment.put("INSTANCE_NAME", deployment.group + "-0");
    deployment.fill(BACKLOG / deployment.partitions);
    ChildJvm child = start(environment, log, 0);
    try {
      awaitProgress(deployment, child);
      for (int kill = 1; kill <= kills; kill++) {
        long working = System.nanoTime();
        long life = Duration.ofMillis(leastMillis + random.nextInt(spreadMillis)).toNanos();
        await("load until the next kill")
            .atMost(Deployment.SOON)
            .pollInterval(Duration.ofMillis(20))
            .until(
                () -> {
                  deployment.keepAhead(BACKLOG);
                  return System.nanoTime() - working > life;
                });
        child.kill();
        child.close();
        child = start(environment, log, kill);
        awaitProgress(deployment, child);
      }
      deployment.awaitAllCommitted();
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    } finally {
      child.close();
    }
    long executions = log.entries().stream().filter(ExecutionLog.Entry::begin).count();
    System.out.printf(
        "ExactlyOnceKillIT: %s, %d records, %d executions, %d kills%n",
        ordering, deployment.total(), executions, kills);
    assertThat(executions).as("killed amid work").isGreaterThan(deployment.total());
    Deployment.Judgement judgement = deployment.judgeCommitted();
    Guarantee.verifyAll(judgement.loss, judgement.duplicates);
    if (!ordering.equals("unordered")) {
      Guarantee.verifyAll(judgement.order);
    }
  }

  private static ChildJvm start(Map<String, String> environment, ExecutionLog log, int life) {
    return ChildJvm.start(
        LoggedAlgo.class,
        List.of("-Xmx256m"),
        environment,
        LoggedAlgo.arguments(log, "life-" + life, 1_000, 5_000, ""));
  }

  private static void awaitProgress(Deployment deployment, ChildJvm child) {
    deployment.keepAhead(BACKLOG);
    long before = deployment.committed();
    await("a commit of the new life")
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(20))
        .failFast("the child has ended", () -> !child.alive())
        .until(() -> deployment.committed() > before);
  }
}
