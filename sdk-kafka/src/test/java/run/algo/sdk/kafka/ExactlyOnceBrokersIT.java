package run.algo.sdk.kafka;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.junit.jupiter.params.provider.CsvSource;
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
    run("key", 1, true);
  }

  @ParameterizedTest
  @Tag("chaos")
  @CsvSource({"partition, true", "key, true", "unordered, true", "key, false"})
  void brokersThatRestartForMinutesLeaveEachResultOnce(String ordering, boolean hasty) {
    run(ordering, 8, hasty);
  }

  /**
   * Restarts brokers.
   *
   * @param turns how often each
   * @param hasty whether clients give up sooner than a restart takes, so that transactions fail
   *     whose outcome is not known; with the defaults they wait for it
   */
  private static void run(String ordering, int turns, boolean hasty) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ExactlyOnceBrokersIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    try (EmbeddedKafka kafka =
        EmbeddedKafka.builder()
            .brokers(BROKERS)
            .brokerProperty("min.insync.replicas", "2")
            .brokerProperty("transaction.state.log.min.isr", "2")
            .brokerProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
            .start()) {
      Deployment deployment = new Deployment(kafka, 4, 50);
      Map<String, String> environment = deployment.environment();
      environment.put("ALGO_DELIVERY", "exactly-once");
      environment.put("ALGO_ORDERING", ordering);
      environment.put("ALGO_CONCURRENCY", "16");
      environment.put("ALGO_MAX_IN_FLIGHT", "1000");
      if (hasty) {
        environment.put("KAFKA_PRODUCER_TRANSACTION_TIMEOUT_MS", "1000");
        environment.put("KAFKA_PRODUCER_REQUEST_TIMEOUT_MS", "300");
        environment.put("KAFKA_PRODUCER_MAX_BLOCK_MS", "300");
      }
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
      MeterRegistry registry = new SimpleMeterRegistry();
      double aborted;
      try (AlgoRunner runner =
          AlgoRunner.builder(algo).environment(environment).meterRegistry(registry).build()) {
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
        aborted =
            registry.get("algo.transactions").tag("result", "aborted").functionCounter().count();
      }
      System.out.printf(
          "ExactlyOnceBrokersIT: %s, %s, %d records, %d restarts, %.0f aborts, %d s%n",
          ordering,
          hasty ? "hasty" : "patient",
          deployment.total(),
          turns * BROKERS,
          aborted,
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
