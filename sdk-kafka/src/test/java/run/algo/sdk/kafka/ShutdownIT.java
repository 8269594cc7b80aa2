package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** How a process ends: the signal, the drain, the exit code. */
@WithEmbeddedKafka
class ShutdownIT {

  private static final String NANOS = "100000";

  /** What a process may take to end beyond its drain, on a machine that is busy. */
  private static final Duration SLACK = Duration.ofSeconds(20);

  private final EmbeddedKafka kafka;

  ShutdownIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @Test
  void sigtermUnderLoadLosesNothingAndRepeatsNothing() {
    Deployment deployment = new Deployment(kafka, 4);
    deployment.fill(10_000);
    Map<String, String> environment = deployment.environment();
    // So that what is committed is what the drain has committed.
    environment.put("ALGO_COMMIT_INTERVAL", "1h");
    try (ChildJvm child = ChildJvm.start(environment, NANOS)) {
      deployment.awaitOutputs(2_000);
      child.terminate();
      long start = System.nanoTime();
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SLACK);
    }
    long outputs = deployment.outputs();
    assertThat(outputs).as("under load").isBetween(2_000L, deployment.total() - 1);
    assertThat(deployment.committed()).as("committed is what was written").isEqualTo(outputs);
    environment.put("ALGO_COMMIT_INTERVAL", "50ms");
    try (ChildJvm child = ChildJvm.start(environment, "0")) {
      deployment.awaitAllCommitted();
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  @Test
  void anAlgoThatHangsIsLeftBehindAndItsRecordIsExecutedAgain() {
    Deployment deployment = new Deployment(kafka, 2);
    deployment.fillPartition(0, 3);
    deployment.probe.produce(deployment.in, 0, "0", ChildAlgo.HANG);
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_SHUTDOWN_TIMEOUT", "2s");
    environment.put("ALGO_CONCURRENCY", "2");
    try (ChildJvm child = ChildJvm.start(environment, "0", ChildAlgo.HANG)) {
      child.awaitPrinted("executing 0:3");
      deployment.fillPartition(1, 5);
      deployment.awaitOutputs(8);
      child.terminate();
      long start = System.nanoTime();
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(2).plus(SLACK));
    }
    assertThat(deployment.committed(0)).as("all before the hanging record").isEqualTo(3);
    assertThat(deployment.committed(1)).isEqualTo(5);
    try (ChildJvm child = ChildJvm.start(environment, "0")) {
      child.awaitPrinted("executing 0:3");
      deployment.probe.awaitCommittedOffset(
          deployment.group, deployment.input(0), 4, Deployment.SOON);
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    Deployment.Judgement judgement = deployment.judge();
    judgement.loss.expected("0:3");
    Guarantee.verifyAll(judgement.loss, judgement.duplicates);
  }

  @Test
  void aBadEnvironmentIsToldLineByLine() {
    Map<String, String> environment =
        Map.of(
            "KAFKA_INPUT_TOPIC_LINES", "in",
            "KAFKA_OUTPUT_TOPIC_WORDS", "out",
            "ALGO_GROUP_ID", "algorun-test",
            "ALGO_ORDERING", "sideways",
            "ALGO_COMMIT_INTERVAL", "soon");
    try (ChildJvm child = ChildJvm.start(environment, "0")) {
      assertThat(child.exitCode()).isEqualTo(AlgoConfigurationException.EXIT_CODE).isEqualTo(78);
      assertThat(child.errors().strip().lines())
          .hasSize(3)
          .anySatisfy(line -> assertThat(line).contains("KAFKA_BROKERS"))
          .anySatisfy(line -> assertThat(line).contains("ALGO_ORDERING", "sideways"))
          .anySatisfy(line -> assertThat(line).contains("ALGO_COMMIT_INTERVAL", "soon"));
    }
  }
}
