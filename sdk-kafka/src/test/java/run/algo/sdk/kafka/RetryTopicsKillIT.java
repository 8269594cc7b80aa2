package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
 * A process that is killed at any point of a record's way to a retry topic loses none; and with
 * transactions none comes twice.
 */
@WithEmbeddedKafka
class RetryTopicsKillIT {

  private static final String STRATEGY =
      "{\"strategy\":\"RetryTopics\",\"steps\":["
          + "{\"index\":1,\"backoffDuration\":\"200ms\",\"repeat\":1},"
          + "{\"index\":2,\"backoffDuration\":\"300ms\",\"repeat\":5}]}";

  private final EmbeddedKafka kafka;

  RetryTopicsKillIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void aKillAtAHandOverLosesNothing(String delivery) {
    run(delivery, 1);
  }

  @ParameterizedTest
  @Tag("chaos")
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void manyKillsAtHandOversLoseNothing(String delivery) {
    run(delivery, 10);
  }

  private void run(String delivery, int rounds) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("RetryTopicsKillIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    Deployment deployment = new Deployment(kafka, 2, 20);
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_DELIVERY", delivery);
    environment.put("ALGO_RETRY_STRATEGY", STRATEGY);
    environment.put("ALGO_COMMIT_INTERVAL", "100ms");
    environment.put("ALGO_MAX_IN_FLIGHT", "100");
    environment.put("KAFKA_CONSUMER_MAX_POLL_RECORDS", "50");
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "2000");
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    environment.put("KAFKA_PRODUCER_INTERCEPTOR_CLASSES", HandOverKill.class.getName());
    // As a StatefulSet's pods are named: a process that comes back ends what it has left open.
    environment.put("INSTANCE_NAME", deployment.group + "-0");
    for (int round = 0; round < rounds; round++) {
      for (HandOverKill.Point point : HandOverKill.Point.values()) {
        deployment.fill(100); // a third of them fail, so there are enough hand-overs
        environment.put(
            HandOverKill.VARIABLE,
            HandOverKill.value(point, 1 + random.nextInt(40), 200 + random.nextInt(20_000)));
        try (ChildJvm child = start(environment)) {
          HandOverKill.awaitKilled(child, point.name(), () -> {});
        }
      }
    }
    environment.remove(HandOverKill.VARIABLE);
    try (ChildJvm child = start(environment)) {
      for (String topic :
          List.of(deployment.in, deployment.in + ".200ms", deployment.in + ".300ms")) {
        await("all of " + topic)
            .atMost(Deployment.SOON)
            .failFast("the child has ended", () -> !child.alive())
            .until(() -> committed(deployment, topic) == end(deployment, topic));
      }
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    assertThat(end(deployment, deployment.in + ".dlq")).as("dead letters").isZero();
    if (delivery.equals("exactly-once")) {
      Deployment.Judgement judgement = deployment.judgeCommitted();
      Guarantee.verifyAll(judgement.loss, judgement.duplicates);
      assertThat(judgement.outputs).isEqualTo((int) deployment.total());
    } else {
      Guarantee.verifyAll(deployment.judge().loss);
    }
  }

  private static ChildJvm start(Map<String, String> environment) {
    return ChildJvm.start(RetryingAlgo.class, List.of("-Xmx256m"), environment);
  }

  private static long committed(Deployment deployment, String topic) {
    return deployment.probe.committedOffsets(deployment.group).entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic))
        .mapToLong(entry -> entry.getValue().offset())
        .sum();
  }

  private static long end(Deployment deployment, String topic) {
    return deployment.probe.endOffsets(topic).values().stream().mapToLong(end -> end).sum();
  }
}
