package run.algo.sdk.kafka;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
 * Exactly-once while one broker after the other is stopped and started: leaders, the coordinator of
 * the group and that of the transactions move, amid writes, commits and aborts. Each record has one
 * result, and the runner lives through it.
 */
class ExactlyOnceBrokersIT {

  private static final int BACKLOG = 4_000;
  private static final int BROKERS = 3;

  @Test
  void brokersThatRestartLeaveEachResultOnce() {
    run("key", 1);
  }

  @ParameterizedTest
  @Tag("chaos")
  @ValueSource(strings = {"partition", "key", "unordered"})
  void brokersThatRestartForMinutesLeaveEachResultOnce(String ordering) {
    run(ordering, 8);
  }

  private static void run(String ordering, int turns) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ExactlyOnceBrokersIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    try (EmbeddedKafka kafka =
        EmbeddedKafka.builder()
            .brokers(BROKERS)
            .brokerProperty("min.insync.replicas", "2")
            .brokerProperty("transaction.state.log.min.isr", "2")
            .start()) {
      Deployment deployment = new Deployment(kafka, 4, 50);
      Map<String, String> environment = deployment.environment();
      environment.put("ALGO_DELIVERY", "exactly-once");
      environment.put("ALGO_ORDERING", ordering);
      environment.put("ALGO_CONCURRENCY", "16");
      environment.put("ALGO_MAX_IN_FLIGHT", "1000");
      deployment.fill(BACKLOG / deployment.partitions);
      Algo<String, String> algo =
          new Algo<>() {
            @Override
            public String run(String text, AlgoContext context) {
              LockSupport.parkNanos(1_000_000);
              return Deployment.id(context.position());
            }
          };
      long begun = System.nanoTime();
      try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment).build()) {
        runner.start();
        awaitProgress(deployment, 500);
        for (int turn = 0; turn < turns; turn++) {
          List<Integer> brokers = new ArrayList<>(List.of(0, 1, 2));
          Collections.shuffle(brokers, random);
          for (int broker : brokers) {
            awaitProgress(deployment, 1 + random.nextInt(1_000));
            kafka.stopBroker(broker);
            awaitProgress(deployment, 1 + random.nextInt(1_000));
            kafka.startBroker(broker);
          }
        }
        deployment.awaitAllCommitted();
        Deployment.awaitReady(runner);
      }
      System.out.printf(
          "ExactlyOnceBrokersIT: %s, %d records, %d restarts of a broker, %d s%n",
          ordering,
          deployment.total(),
          turns * BROKERS,
          Duration.ofNanos(System.nanoTime() - begun).toSeconds());
      Deployment.Judgement judgement = deployment.judgeCommitted();
      Guarantee.verifyAll(judgement.loss, judgement.duplicates);
      if (!ordering.equals("unordered")) {
        Guarantee.verifyAll(judgement.order);
      }
    }
  }

  private static void awaitProgress(Deployment deployment, long records) {
    long before = deployment.committed();
    await("commits")
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              deployment.keepAhead(BACKLOG);
              return deployment.committed() >= before + records;
            });
  }
}
