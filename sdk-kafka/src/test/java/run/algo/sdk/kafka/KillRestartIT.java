package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/**
 * The first delivery guarantee under the worst: the process is killed five times, the broker goes
 * away twice, and no record is lost and none overtakes another.
 */
class KillRestartIT {

  private static final int PARTITIONS = 4;
  private static final int RECORDS = 100_000;
  private static final int KILLS = 5;

  /** Work a record, so that a kill finds the process at work. */
  private static final String NANOS = "20000";

  @Test
  void nothingIsLostAndOrderIsKeptThroughKillsAndBrokerRestarts() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("KillRestartIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      Deployment deployment = new Deployment(kafka, PARTITIONS);
      deployment.fill(RECORDS / PARTITIONS);
      Map<String, String> environment = deployment.environment();
      environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "3000");
      environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
      ChildJvm child = ChildJvm.start(environment, NANOS);
      try {
        for (int kill = 1; kill <= KILLS; kill++) {
          // Marks of progress, not of time: always in the middle of the work.
          long mark = kill * 15_000L + random.nextInt(12_000);
          awaitProgress(deployment, child, mark);
          boolean brokerToo = kill == 2;
          if (brokerToo) {
            kafka.stopBroker(0);
          }
          child.close(); // kill -9
          if (brokerToo) {
            kafka.startBroker(0);
          }
          child = ChildJvm.start(environment, NANOS);
          if (kill == 4) {
            awaitProgress(deployment, child, deployment.outputs() + 1);
            kafka.stopBroker(0); // and the process lives through it
            kafka.startBroker(0);
          }
        }
        deployment.awaitAllCommitted();
        child.terminate();
        assertThat(child.exitCode()).as(child.output()).isZero();
      } finally {
        child.close();
      }
      Deployment.Judgement judgement = deployment.judge();
      System.out.println("KillRestartIT: " + judgement.outputs + " outputs of " + RECORDS);
      Guarantee.verifyAll(judgement.loss, judgement.order);
      assertThat(deployment.probe.endOffsets(deployment.in))
          .allSatisfy(
              (partition, end) ->
                  assertThat(deployment.probe.committedOffset(deployment.group, partition))
                      .hasValue(end));
    }
  }

  private static void awaitProgress(Deployment deployment, ChildJvm child, long mark) {
    await("output " + mark)
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(5))
        .failFast("the child has ended", () -> !child.alive())
        .until(deployment::outputs, outputs -> outputs >= mark);
  }
}
