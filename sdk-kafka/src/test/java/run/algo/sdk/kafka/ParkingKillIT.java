package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

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
 * A process that is killed at any point of parking a record, or of forgetting a parked one, loses
 * none and keeps each key's order; and with transactions no result comes twice.
 */
@WithEmbeddedKafka
class ParkingKillIT {

  private static final String STRATEGY =
      "{\"strategy\":\"StatefulOrdered\",\"steps\":["
          + "{\"index\":1,\"backoffDuration\":\"200ms\",\"repeat\":1},"
          + "{\"index\":2,\"backoffDuration\":\"300ms\",\"repeat\":5}]}";

  /**
   * Records of a partition that a life finds in the input; it gets more when that is not enough.
   */
  private static final int AHEAD = 60;

  private static final int MORE = 20;

  private final EmbeddedKafka kafka;

  ParkingKillIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void aKillWhileRecordsAreParkedLosesNothing(String delivery) {
    Lives lives = new Lives(delivery);
    List<HandOverKill.Target> targets = lives.targets();
    int next = lives.random.nextInt(targets.size());
    for (HandOverKill.Point point : HandOverKill.Point.values()) {
      lives.liveAndDie(targets.get(next++ % targets.size()), point);
    }
    lives.endAndJudge();
  }

  @ParameterizedTest
  @Tag("chaos")
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void manyKillsWhileRecordsAreParkedLoseNothing(String delivery) {
    Lives lives = new Lives(delivery);
    for (int round = 0; round < 5; round++) {
      for (HandOverKill.Target target : lives.targets()) {
        for (HandOverKill.Point point : HandOverKill.Point.values()) {
          lives.liveAndDie(target, point);
        }
      }
    }
    lives.endAndJudge();
  }

  /** One process after another. */
  private final class Lives {
    final Random random;
    private final Deployment deployment = new Deployment(kafka, 2, 20);
    private final ParkingTopicProbe parked = new ParkingTopicProbe(deployment);
    private final ExecutionLog log = ExecutionLog.create();
    private final Map<String, String> environment = deployment.environment();
    private final boolean transactional;
    private int life;

    Lives(String delivery) {
      long seed = Long.getLong("seed", System.nanoTime());
      System.out.println("ParkingKillIT: repeat with -Dseed=" + seed);
      random = new Random(seed);
      transactional = delivery.equals("exactly-once");
      environment.put("ALGO_DELIVERY", delivery);
      environment.put("ALGO_RETRY_STRATEGY", STRATEGY);
      environment.put("ALGO_COMMIT_INTERVAL", "100ms");
      environment.put("ALGO_MAX_IN_FLIGHT", "100");
      environment.put("KAFKA_CONSUMER_MAX_POLL_RECORDS", "50");
      environment.put("KAFKA_PRODUCER_INTERCEPTOR_CLASSES", HandOverKill.class.getName());
      // As a StatefulSet's pods are named: a process that comes back ends what it has left open,
      // and has its partitions back without waiting for its session to end.
      environment.put("INSTANCE_NAME", deployment.group + "-0");
      environment.put("KAFKA_CONSUMER_GROUP_INSTANCE_ID", deployment.group + "-0");
    }

    /** Where a process may be killed. */
    List<HandOverKill.Target> targets() {
      return List.of(
          new HandOverKill.Target(parked.name, HandOverKill.Kind.RECORDS),
          new HandOverKill.Target(parked.name, HandOverKill.Kind.TOMBSTONES),
          new HandOverKill.Target(deployment.out, HandOverKill.Kind.ANY));
    }

    void liveAndDie(HandOverKill.Target target, HandOverKill.Point point) {
      deployment.fill(AHEAD);
      environment.put(
          HandOverKill.VARIABLE,
          HandOverKill.value(target, point, 1 + random.nextInt(40), 200 + random.nextInt(20_000)));
      try (ChildJvm child = start()) {
        HandOverKill.awaitKilled(
            child,
            point + " of " + target,
            () -> {
              if (deployment.committed() == deployment.total()) {
                deployment.fill(MORE);
              }
            });
      }
    }

    private ChildJvm start() {
      return FailingKeysAlgo.start(environment, log, "life-" + life++);
    }

    void endAndJudge() {
      environment.remove(HandOverKill.VARIABLE);
      try (ChildJvm child = start()) {
        deployment.awaitAllCommitted();
        parked.awaitNoneLive();
        child.terminate();
        assertThat(child.exitCode()).as(child.output()).isZero();
      }
      assertThat(deployment.committed()).isEqualTo(deployment.total());
      assertThat(parked.live()).isEmpty();
      assertThat(deployment.probe.endOffsets(deployment.in + ".dlq").values())
          .as("dead letters")
          .containsOnly(0L);
      Deployment.Judgement executions = deployment.judge(log);
      Guarantee.verifyAll(executions.loss, executions.order);
      Deployment.Judgement outputs =
          transactional ? deployment.judgeCommitted() : deployment.judge();
      System.out.printf(
          "ParkingKillIT: %d records, %d lives, %d completions, %d outputs%n",
          deployment.total(), life, executions.outputs, outputs.outputs);
      Guarantee.verifyAll(outputs.loss, outputs.order);
      if (transactional) {
        Guarantee.verifyAll(outputs.duplicates);
        assertThat(outputs.outputs).isEqualTo((int) deployment.total());
      }
    }
  }
}
