package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/**
 * Exactly-once: a process stands still for longer than the session and the transaction may last,
 * another takes over, and the first goes on as if nothing had been. What it had open is aborted,
 * what it writes is refused, and it takes part again without a restart.
 */
class ZombieIT {

  private static final int RECORDS = 6_000;

  @Test
  void aProcessThatComesBackWritesNothingTwice() {
    try (EmbeddedKafka kafka =
        EmbeddedKafka.builder()
            .brokerProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
            .start()) {
      run(new Deployment(kafka, 4, 20));
    }
  }

  private static void run(Deployment deployment) {
    ExecutionLog log = ExecutionLog.create();
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_DELIVERY", "exactly-once");
    environment.put("ALGO_ORDERING", "key");
    environment.put("ALGO_CONCURRENCY", "16");
    environment.put("ALGO_MAX_IN_FLIGHT", "1000");
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "2000");
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    environment.put("KAFKA_PRODUCER_TRANSACTION_TIMEOUT_MS", "2000");
    deployment.fill(RECORDS / deployment.partitions);
    Map<String, String> frozen = new HashMap<>(environment);
    frozen.put("INSTANCE_NAME", "frozen");
    Map<String, String> patient = new HashMap<>(environment);
    patient.put("INSTANCE_NAME", "heir");
    patient.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "45000");
    Algo<String, String> heir =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) {
            return Deployment.id(context.position());
          }
        };
    try (ChildJvm child =
        ChildJvm.start(
            LoggedAlgo.class,
            List.of("-Xmx256m"),
            frozen,
            LoggedAlgo.arguments(log, "frozen", 1_000, 3_000, ""))) {
      await("amid work").atMost(Deployment.SOON).until(() -> deployment.committed() > 200);
      child.freeze();
      assertThat(deployment.committed()).isLessThan(RECORDS);
      try (AlgoRunner runner = AlgoRunner.builder(heir).environment(patient).build()) {
        runner.start();
        deployment.awaitAllCommitted();
        child.thaw();
        await("the frozen one hears of its loss")
            .atMost(Deployment.SOON)
            .until(child::output, output -> output.contains(" lost ["));
        deployment.fill(RECORDS / deployment.partitions);
        long before = log.begun("frozen").size();
        await("it takes part again")
            .atMost(Deployment.SOON)
            .until(
                () -> {
                  if (deployment.total() - deployment.committed() < 100) {
                    deployment.fill(500);
                  }
                  return log.begun("frozen").size() > before + 50;
                });
        deployment.awaitAllCommitted();
      }
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    Deployment.Judgement judgement = deployment.judgeCommitted();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }
}
