package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** A record waits to be tried again for as long as it likes: the group and other keys go on. */
@WithEmbeddedKafka
class WaitingInPlaceIT {

  private static final int RECORDS = 500;
  private static final int WAITING = 20;

  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);
  private static final Duration BACKOFF = POLL_INTERVAL.multipliedBy(3);

  private final Deployment deployment;

  WaitingInPlaceIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 1, 50);
  }

  private Map<String, String> environment(Duration backoff) {
    return environment("Simple", backoff);
  }

  private Map<String, String> environment(String strategy, Duration backoff) {
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", "key");
    environment.put("ALGO_CONCURRENCY", "2");
    environment.put("ALGO_RETRY_STRATEGY", ParkingTopicProbe.strategy(strategy, backoff, 1));
    environment.put("KAFKA_CONSUMER_MAX_POLL_INTERVAL_MS", Long.toString(POLL_INTERVAL.toMillis()));
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "2000");
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    return environment;
  }

  /** The records of the key that waits, in their order. */
  private List<String> waiting() {
    String key = deployment.key(0, WAITING);
    List<String> ids = new ArrayList<>();
    for (long offset = WAITING; offset < deployment.total(); offset++) {
      if (deployment.key(0, offset).equals(key)) {
        ids.add("0:" + offset);
      }
    }
    assertThat(ids).as("one fails, and others are behind it").hasSizeGreaterThan(2);
    return ids;
  }

  /** Fails one record, the first time. */
  private static final class FailsOnce implements Algo<String, String> {
    final NoDuplicates executions = new NoDuplicates();
    final ConcurrentLinkedQueue<Long> tries = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Integer> attempts = new ConcurrentLinkedQueue<>();

    @Override
    public String run(String text, AlgoContext context) {
      String id = Deployment.id(context.position());
      executions.seen(id + " " + context.attempt());
      if (id.equals("0:" + WAITING)) {
        attempts.add(context.attempt());
        tries.add(System.nanoTime());
        if (context.attempt() == 1) {
          throw new IllegalStateException("not now");
        }
      }
      return id;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Simple", "StatefulOrdered"})
  void aKeyThatWaitsThreeTimesThePollIntervalCausesNoRebalanceAndStopsNoOther(String strategy) {
    boolean parks = !strategy.equals("Simple");
    RebalanceWatch watch = new RebalanceWatch();
    FailsOnce algo = new FailsOnce();
    deployment.fill(RECORDS);
    try (AlgoRunner runner =
        AlgoRunner.builder(algo)
            .environment(environment(strategy, BACKOFF))
            .clients(watch)
            .build()) {
      runner.start();
      await().atMost(Deployment.SOON).until(() -> algo.tries.size() == 1);
      deployment.awaitOutputs(RECORDS - waiting().size());
      deployment.fill(RECORDS); // meanwhile
      long others = deployment.total() - waiting().size();
      deployment.awaitOutputs(others);
      assertThat(algo.attempts).as("it waits while the others flow").containsExactly(1);
      assertThat(deployment.outputs()).as("and so does its key").isEqualTo(others);
      if (parks) {
        deployment.awaitAllCommitted();
        assertThat(algo.attempts).as("offsets move past it").containsExactly(1);
        deployment.awaitOutputs(deployment.total());
      } else {
        assertThat(deployment.committed()).isEqualTo(WAITING);
      }
      deployment.awaitAllCommitted();
      assertThat(algo.attempts).containsExactly(1, 2);
      List<Long> tries = List.copyOf(algo.tries);
      assertThat(Duration.ofNanos(tries.get(1) - tries.get(0))).isGreaterThanOrEqualTo(BACKOFF);
      assertThat(watch.count(RebalanceWatch.Kind.ASSIGNED)).isEqualTo(1);
      assertThat(watch.count(RebalanceWatch.Kind.REVOKED)).isZero();
      assertThat(watch.count(RebalanceWatch.Kind.LOST)).isZero();
      assertThat(runner.notReady()).isEmpty();
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(algo.executions, judgement.loss, judgement.order, judgement.duplicates);
  }

  @Test
  void aRunnerThatClosesWaitsForNothingAndTheNextExecutesTheRecordAnew() {
    deployment.fill(RECORDS);
    Map<String, String> environment = environment(Duration.ofHours(1));
    FailsOnce first = new FailsOnce();
    long closing;
    try (AlgoRunner runner = AlgoRunner.builder(first).environment(environment).build()) {
      runner.start();
      deployment.awaitOutputs(RECORDS - waiting().size());
      assertThat(first.attempts).containsExactly(1);
      closing = System.nanoTime();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(5));
    ExecutionLog log = ExecutionLog.create();
    takeOver(environment, log);
  }

  @Test
  void aRunnerThatIsKilledWhileARecordWaitsLosesNothing() {
    deployment.fill(RECORDS);
    Map<String, String> environment = environment(Duration.ofHours(1));
    ExecutionLog log = ExecutionLog.create();
    String failing = "0:" + WAITING;
    try (ChildJvm child = start(environment, LoggedAlgo.failing(log, "first", failing))) {
      deployment.awaitOutputs(RECORDS - waiting().size());
      await("what was settled behind it is told")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed() == WAITING);
      child.kill();
    }
    assertThat(log.begun("first"))
        .extracting(ExecutionLog.Entry::id)
        .doesNotHaveDuplicates()
        .contains(failing)
        .doesNotContainAnyElementsOf(waiting().subList(1, waiting().size()));
    takeOver(environment, log);
  }

  private void takeOver(Map<String, String> environment, ExecutionLog log) {
    try (ChildJvm child = start(environment, LoggedAlgo.failing(log, "second", ""))) {
      deployment.awaitAllCommitted();
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    assertThat(log.begun("second"))
        .extracting(ExecutionLog.Entry::id)
        .containsSubsequence(waiting());
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order);
  }

  private static ChildJvm start(Map<String, String> environment, String... arguments) {
    return ChildJvm.start(LoggedAlgo.class, List.of("-Xmx256m"), environment, arguments);
  }
}
