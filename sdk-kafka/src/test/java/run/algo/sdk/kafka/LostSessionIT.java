package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * A process that stood still for longer than the group waits, and goes on as if nothing had been:
 * it may work on what it had until it hears of its loss, and changes nothing that is another's.
 */
@WithEmbeddedKafka
class LostSessionIT {

  private static final int PARTITIONS = 2;
  private static final int KEYS = 20;
  private static final Duration SESSION = Duration.ofSeconds(2);

  /** The longest execution. */
  private static final Duration EXECUTION = Duration.ofMillis(30);

  private final EmbeddedKafka kafka;

  LostSessionIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /** Who takes over: begins, and holds what it has begun. */
  private static final class Heir implements Algo<String, String> {
    final ExecutionLog.Writer log;
    final Set<String> keys = ConcurrentHashMap.newKeySet();
    final CountDownLatch letGo = new CountDownLatch(1);

    Heir(ExecutionLog.Writer log) {
      this.log = log;
    }

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      String id = Deployment.id(context.position());
      String key = context.key().orElseThrow();
      log.begun(id, key);
      keys.add(key);
      letGo.await();
      log.ended(id, key);
      return id;
    }
  }

  @Test
  void aProcessThatWasFrozenTouchesNothingOfItsOldAssignment() {
    Deployment deployment = new Deployment(kafka, PARTITIONS, KEYS);
    ExecutionLog log = ExecutionLog.create();
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", "key");
    environment.put("ALGO_CONCURRENCY", "4");
    environment.put("ALGO_REVOKE_TIMEOUT", "60s");
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", Long.toString(SESSION.toMillis()));
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    deployment.fill(1_000);
    String[] arguments =
        LoggedAlgo.arguments(log, "frozen", 10_000, EXECUTION.toMillis() * 1_000, "");
    Heir heir = new Heir(new ExecutionLog.Writer(log.path(), "heir"));
    try (ChildJvm child =
        ChildJvm.start(LoggedAlgo.class, List.of("-Xmx256m"), environment, arguments)) {
      deployment.awaitOutputs(100);
      child.freeze();
      // The heir begins one record of every key. Its own session may not be short: it is held up in
      // a revocation below.
      Map<String, String> patient = new HashMap<>(environment);
      patient.put("ALGO_CONCURRENCY", "64");
      patient.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "45000");
      try (AlgoRunner runner = AlgoRunner.builder(heir).environment(patient).build()) {
        runner.start();
        await("the heir has all keys")
            .atMost(Deployment.SOON)
            .until(() -> heir.keys.size() == PARTITIONS * KEYS);
        Map<Integer, Long> taken = committed(deployment);
        int begunBefore = log.begun("frozen").size();
        long thawed = System.currentTimeMillis();
        child.thaw();
        await("the frozen one hears of its loss")
            .atMost(Deployment.SOON)
            .until(() -> child.output(), o -> o.contains(" lost ["));
        int begunLate = log.begun("frozen").size();
        await("it touches nothing")
            .during(Duration.ofSeconds(1))
            .atMost(Deployment.SOON)
            .until(() -> committed(deployment).equals(taken));
        List<ExecutionLog.Entry> frozen = log.begun("frozen");
        assertThat(frozen).as("begins nothing more").hasSizeLessThan(begunLate + 8);
        long window = frozen.get(frozen.size() - 1).millis() - thawed;
        int shared = sharedKeys(log, thawed);
        System.out.printf(
            "LostSessionIT: for %d ms after it went on, the old owner began %d more records; %d"
                + " keys were executed by both at once%n",
            Math.max(0, window), frozen.size() - begunBefore, shared);
        assertThat(shared).as("it had executions under way").isPositive();
        assertThat(Duration.ofMillis(window)).isLessThan(SESSION.plus(EXECUTION));
        heir.letGo.countDown();
        deployment.awaitAllCommitted();
      }
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order);
  }

  private static Map<Integer, Long> committed(Deployment deployment) {
    Map<Integer, Long> committed = new HashMap<>();
    for (int p = 0; p < PARTITIONS; p++) {
      committed.put(p, deployment.committed(p));
    }
    return committed;
  }

  /** Keys that the old owner ended an execution of after it went on, while the heir held one. */
  private static int sharedKeys(ExecutionLog log, long since) {
    Set<String> held = new HashSet<>();
    log.begun("heir").forEach(entry -> held.add(entry.key()));
    Set<String> shared = new HashSet<>();
    for (ExecutionLog.Entry entry : log.entries()) {
      if (entry.instance().equals("frozen")
          && !entry.begin()
          && entry.millis() >= since
          && held.contains(entry.key())) {
        shared.add(entry.key());
      }
    }
    return shared.size();
  }
}
