package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/**
 * Exactly-once: a process is cut off, or stands still, for longer than its session and its
 * transaction may last. Another one takes its partitions over. The first comes back, with requests
 * that were under way or without, writes nothing of what it has lost, and takes part again.
 */
class NetworkCutIT {

  private static final int BACKLOG = 4_000;
  private static final int IN_FLIGHT = 500;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** How a process is lost, and what becomes of what it has under way. */
  private enum Loss {
    /** Nothing gets through; in the end what was sent meanwhile is delivered. */
    HELD,
    /** Nothing gets through, and in the end all connections break. */
    BROKEN,
    /** The process stands still. */
    FROZEN
  }

  @Test
  void aProcessThatIsCutOffWritesNothingTwice() {
    run("key", List.of(Loss.HELD));
  }

  @ParameterizedTest
  @Tag("chaos")
  @ValueSource(strings = {"partition", "key", "unordered"})
  void aProcessThatIsCutOffAgainAndAgainWritesNothingTwice(String ordering) {
    List<Loss> losses = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      losses.addAll(List.of(Loss.values()));
    }
    run(ordering, losses);
  }

  private static void run(String ordering, List<Loss> losses) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("NetworkCutIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    try (EmbeddedKafka kafka =
            EmbeddedKafka.builder()
                .brokerProperty(
                    "transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
                .start();
        TcpCut network = new TcpCut(kafka.bootstrapServers())) {
      run(new Deployment(kafka, 4, 50), network, ordering, losses, random);
    }
  }

  private static void run(
      Deployment deployment, TcpCut network, String ordering, List<Loss> losses, Random random) {
    ExecutionLog log = ExecutionLog.create();
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_DELIVERY", "exactly-once");
    environment.put("ALGO_ORDERING", ordering);
    environment.put("ALGO_CONCURRENCY", "16");
    environment.put("ALGO_MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    String timeout = Long.toString(TIMEOUT.toMillis());
    environment.put("KAFKA_PRODUCER_TRANSACTION_TIMEOUT_MS", timeout);
    Map<String, String> lost = new HashMap<>(environment);
    lost.put("INSTANCE_NAME", "lost");
    lost.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", timeout);
    Map<String, String> heir = new HashMap<>(environment);
    heir.put("INSTANCE_NAME", "heir");
    deployment.fill(BACKLOG / deployment.partitions);
    List<String> options = new ArrayList<>(network.options());
    options.add("-Xmx256m");
    long begun = System.nanoTime();
    try (ChildJvm child =
            ChildJvm.start(
                LoggedAlgo.class,
                options,
                lost,
                LoggedAlgo.arguments(log, "lost", 1_000, 3_000, ""));
        AlgoRunner runner = AlgoRunner.builder(slowly()).environment(heir).build()) {
      awaitExecutions(deployment, child, log, 1);
      runner.start();
      awaitPart(deployment, child, log);
      for (Loss loss : losses) {
        awaitExecutions(deployment, child, log, random.nextInt(500));
        long since = System.nanoTime();
        if (loss == Loss.FROZEN) {
          child.freeze();
        } else {
          network.cut();
        }
        awaitAllCommittedByOthers(deployment, since);
        // More, that the heir executes while the other one comes back.
        deployment.fill(BACKLOG / deployment.partitions);
        if (loss == Loss.FROZEN) {
          child.thaw();
        } else if (loss == Loss.BROKEN) {
          network.reset();
          network.heal();
        } else {
          network.heal();
        }
        awaitPart(deployment, child, log);
      }
      deployment.awaitAllCommitted();
      Deployment.awaitReady(runner);
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    System.out.printf(
        "NetworkCutIT: %s, %d records, %d times cut off, %d s%n",
        ordering,
        deployment.total(),
        losses.size(),
        Duration.ofNanos(System.nanoTime() - begun).toSeconds());
    Deployment.Judgement judgement = deployment.judgeCommitted();
    Guarantee.verifyAll(judgement.loss, judgement.duplicates);
    if (!ordering.equals("unordered")) {
      Guarantee.verifyAll(judgement.order);
    }
  }

  private static Algo<String, String> slowly() {
    return new Algo<>() {
      @Override
      public String run(String text, AlgoContext context) {
        LockSupport.parkNanos(1_000_000);
        return Deployment.id(context.position());
      }
    };
  }

  /** All there is, also of the partitions of the one that is cut off; and it stays so for long. */
  private static void awaitAllCommittedByOthers(Deployment deployment, long since) {
    Duration least = TIMEOUT.multipliedBy(2);
    deployment.awaitAllCommitted();
    await("longer than session and transaction")
        .atMost(Deployment.SOON)
        .until(() -> System.nanoTime() - since > least.toNanos());
  }

  /** Until the process has its part of the partitions, again. */
  private static void awaitPart(Deployment deployment, ChildJvm child, ExecutionLog log) {
    awaitExecutions(deployment, child, log, IN_FLIGHT + 100); // more than it had before, perhaps
  }

  private static void awaitExecutions(
      Deployment deployment, ChildJvm child, ExecutionLog log, int count) {
    int before = log.begun("lost").size();
    await("executions of the one that is lost and found")
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(50))
        .failFast("the child has ended", () -> !child.alive())
        .until(
            () -> {
              deployment.keepAhead(BACKLOG);
              return log.begun("lost").size() >= before + count;
            });
  }
}
