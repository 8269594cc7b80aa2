package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.guarantees.NoOverlap;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * Three instances, of which one is always being started or stopped under load, in key order: who
 * gives partitions away ends what it has begun first, so no key is ever executed by two at once.
 */
@WithEmbeddedKafka
class ComingAndGoingIT {

  private static final int MOST = 3;
  private static final int BACKLOG = 4_000;

  /** Executions that show that an instance takes part. */
  private static final int SOME = 50;

  private final EmbeddedKafka kafka;
  private final NoOverlap overlap = new NoOverlap();
  private final NoDuplicates executions = new NoDuplicates();

  ComingAndGoingIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /** An instance. */
  private final class Member implements Algo<String, String>, AutoCloseable {
    final AtomicLong executed = new AtomicLong();
    final AlgoRunner runner;

    Member(Map<String, String> environment) {
      runner = AlgoRunner.builder(this).environment(environment).build();
      runner.start();
    }

    @Override
    public String run(String text, AlgoContext context) {
      String id = Deployment.id(context.position());
      String key = context.key().orElseThrow();
      overlap.started(key, id);
      try {
        executions.seen(id);
        LockSupport.parkNanos(2_000_000);
        executed.incrementAndGet();
        return id;
      } finally {
        overlap.ended(key, id);
      }
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  @ParameterizedTest
  @EnumSource(RebalanceProtocol.class)
  void noKeyIsExecutedByTwo(RebalanceProtocol protocol) {
    run(protocol, 5, Duration.ZERO);
  }

  @ParameterizedTest
  @Tag("chaos")
  @EnumSource(RebalanceProtocol.class)
  void noKeyIsExecutedByTwoForMinutes(RebalanceProtocol protocol) {
    run(protocol, 30, Duration.ofSeconds(4));
  }

  private void run(RebalanceProtocol protocol, int changes, Duration between) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ComingAndGoingIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    Deployment deployment = new Deployment(kafka, 6, 20);
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", "key");
    environment.put("ALGO_CONCURRENCY", "4");
    protocol.set(environment);
    List<Member> members = new ArrayList<>();
    try {
      for (int i = 0; i < MOST; i++) {
        members.add(new Member(environment));
      }
      awaitAllTakePart(deployment, members, Duration.ZERO);
      for (int change = 0; change < changes; change++) {
        boolean start = members.size() == 1 || (members.size() < MOST && random.nextBoolean());
        if (start) {
          members.add(new Member(environment));
        } else {
          members.remove(random.nextInt(members.size())).close();
        }
        awaitAllTakePart(deployment, members, between);
      }
      assertThat(deployment.committed()).as("under load to the end").isLessThan(deployment.total());
      deployment.awaitAllCommitted();
    } finally {
      members.forEach(Member::close);
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates, overlap, executions);
    assertThat(overlap.mostAtOnce()).isGreaterThan(4);
  }

  /** Under load, each instance executes some more. */
  private static void awaitAllTakePart(
      Deployment deployment, List<Member> members, Duration atLeast) {
    List<Long> before = members.stream().map(member -> member.executed.get()).toList();
    long began = System.nanoTime();
    await("all take part")
        .atMost(Deployment.SOON)
        .until(
            () -> {
              if (deployment.total() - deployment.committed() < BACKLOG) {
                deployment.fill(BACKLOG / deployment.partitions);
              }
              for (int i = 0; i < members.size(); i++) {
                if (members.get(i).executed.get() < before.get(i) + SOME) {
                  return false;
                }
              }
              return System.nanoTime() - began >= atLeast.toNanos();
            });
  }
}
