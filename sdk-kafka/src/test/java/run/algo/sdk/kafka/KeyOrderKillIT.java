package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * Key order under {@code kill -9}: nothing is lost, a key's order stands, and little is executed
 * twice, since a commit says what was settled ahead of its offset.
 */
@WithEmbeddedKafka
class KeyOrderKillIT {

  private static final int IN_FLIGHT = 500;

  /** What a restart may take beyond the time after which the group misses the dead member. */
  private static final Duration RESTART = Duration.ofSeconds(2);

  /** Records that lie ahead, so that the load never ends by itself. */
  private static final int BACKLOG = 10_000;

  private final EmbeddedKafka kafka;

  KeyOrderKillIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /**
   * How long a round is.
   *
   * @param kills how often the process is killed
   * @param session the session timeout: longer than a Java process takes to start, since the first
   *     output after a kill is timed
   */
  private record Round(int kills, Duration session) {}

  @Test
  void aProcessThatIsKilledUnderLoadLosesNothingAndRepeatsLittle() {
    run(new Round(2, Duration.ofSeconds(5)));
  }

  @Test
  @Tag("chaos")
  void aProcessThatIsKilledForMinutesLosesNothingAndRepeatsLittle() {
    run(new Round(25, Duration.ofSeconds(6)));
  }

  private void run(Round round) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("KeyOrderKillIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    Deployment deployment = new Deployment(kafka, 4, 50);
    ExecutionLog log = ExecutionLog.create();
    Map<String, String> environment = environment(deployment);
    environment.put("ALGO_CONCURRENCY", "16");
    environment.put("ALGO_MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
    environment.remove("ALGO_COMMIT_INTERVAL"); // as it is deployed
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", Long.toString(round.session().toMillis()));
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    List<Duration> recoveries = new ArrayList<>();
    ChildJvm child = start(environment, log, 0);
    try {
      awaitFirstOutput(deployment, log, child, 0, 0);
      for (int kill = 1; kill <= round.kills(); kill++) {
        // Three to six seconds after the last, and never before the process is at work.
        long working = System.nanoTime();
        long life = Duration.ofMillis(500 + random.nextInt(1_500)).toNanos();
        await("load until the next kill")
            .atMost(Deployment.SOON)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> underLoad(deployment) && System.nanoTime() - working > life);
        child.kill();
        long killed = System.nanoTime();
        child.close();
        long before = deployment.outputs();
        child = start(environment, log, kill);
        awaitFirstOutput(deployment, log, child, kill, before);
        recoveries.add(Duration.ofNanos(System.nanoTime() - killed));
      }
      deployment.awaitAllCommitted();
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    } finally {
      child.close();
    }
    List<Integer> repeated = repeated(log, round.kills());
    System.out.printf(
        "KeyOrderKillIT: %d records, executed again after each kill %s (at most %d in flight),"
            + " first output %s after it%n",
        deployment.total(), repeated, IN_FLIGHT, recoveries);
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order);
    assertThat(repeated).allSatisfy(count -> assertThat(count).isLessThan(2 * IN_FLIGHT));
    assertThat(recoveries).allSatisfy(r -> assertThat(r).isLessThan(round.session().plus(RESTART)));
  }

  private static ChildJvm start(Map<String, String> environment, ExecutionLog log, int life) {
    return start(environment, LoggedAlgo.arguments(log, "life-" + life, 1_000, 5_000, ""));
  }

  private static ChildJvm start(Map<String, String> environment, String... arguments) {
    return ChildJvm.start(LoggedAlgo.class, List.of("-Xmx256m"), environment, arguments);
  }

  private static Map<String, String> environment(Deployment deployment) {
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", "key");
    return environment;
  }

  /** Always true, once more has been written where little was left. */
  private static boolean underLoad(Deployment deployment) {
    if (deployment.total() - deployment.outputs() < BACKLOG) {
      deployment.fill(BACKLOG / deployment.partitions);
    }
    return true;
  }

  private static void awaitFirstOutput(
      Deployment deployment, ExecutionLog log, ChildJvm child, int life, long before) {
    underLoad(deployment);
    await("first output of life " + life)
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(20))
        .failFast("the child has ended", () -> !child.alive())
        .until(() -> deployment.outputs() > before && !log.begun("life-" + life).isEmpty());
  }

  /** By life, how many of its executions are of records that an earlier life had begun. */
  private static List<Integer> repeated(ExecutionLog log, int kills) {
    List<Integer> repeated = new ArrayList<>();
    Set<String> earlier = new HashSet<>();
    for (int life = 0; life <= kills; life++) {
      Set<String> own = new HashSet<>();
      int again = 0;
      for (ExecutionLog.Entry entry : log.begun("life-" + life)) {
        own.add(entry.id());
        again += earlier.contains(entry.id()) ? 1 : 0;
      }
      earlier.addAll(own);
      if (life > 0) {
        repeated.add(again);
      }
    }
    return repeated;
  }

  @Test
  void whatWasSettledBehindAStuckKeyIsNotExecutedAgain() {
    Deployment deployment = new Deployment(kafka, 1, 1_000);
    ExecutionLog log = ExecutionLog.create();
    int records = 5_000;
    int stuckOffset = 10;
    deployment.fill(records);
    String stuckKey = deployment.key(0, stuckOffset);
    List<String> unsettled = new ArrayList<>();
    for (int offset = stuckOffset; offset < records; offset++) {
      if (deployment.key(0, offset).equals(stuckKey)) {
        unsettled.add("0:" + offset);
      }
    }
    assertThat(unsettled).as("the stuck record and those that wait for it").hasSizeGreaterThan(2);
    Map<String, String> environment = environment(deployment);
    environment.put("ALGO_CONCURRENCY", "4");
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "2000");
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    String stuck = unsettled.get(0);
    try (ChildJvm child = start(environment, LoggedAlgo.arguments(log, "first", 0, 0, stuck))) {
      deployment.awaitOutputs(records - unsettled.size());
      // The commit that tells of the last of them; nobody says when it has been made.
      await("the commits rest")
          .during(Duration.ofSeconds(1))
          .atMost(Deployment.SOON)
          .until(() -> deployment.probe.committedOffsets(deployment.group), new Unchanged());
      assertThat(deployment.committed()).isEqualTo(stuckOffset);
      child.kill();
    }
    try (ChildJvm child = start(environment, LoggedAlgo.arguments(log, "second", 0, 0, ""))) {
      deployment.awaitAllCommitted();
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    assertThat(log.begun("second"))
        .extracting(ExecutionLog.Entry::id)
        .containsExactlyElementsOf(unsettled);
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  /** Whether what is asked for again and again has stayed the same. */
  private static final class Unchanged
      implements java.util.function.Predicate<Map<?, OffsetAndMetadata>> {
    private Map<?, OffsetAndMetadata> last = Map.of();

    @Override
    public boolean test(Map<?, OffsetAndMetadata> now) {
      boolean same = now.equals(last);
      last = now;
      return same;
    }
  }

  @Test
  void theMetadataOfAForeignToolIsIgnoredWithAWarning() throws Exception {
    Deployment deployment = new Deployment(kafka, 1, 10);
    deployment.fill(100);
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      admin
          .alterConsumerGroupOffsets(
              deployment.group, Map.of(deployment.input(0), new OffsetAndMetadata(5, "hello")))
          .all()
          .get();
    }
    ConcurrentLinkedQueue<String> executed = new ConcurrentLinkedQueue<>();
    Algo<String, String> algo =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) {
            executed.add(text);
            return text;
          }
        };
    Logger logger = (Logger) LoggerFactory.getLogger("run.algo.sdk.kafka.internal.engine");
    ListAppender<ILoggingEvent> warnings = new ListAppender<>();
    warnings.start();
    logger.addAppender(warnings);
    try (AlgoRunner runner =
        AlgoRunner.builder(algo).environment(environment(deployment)).build()) {
      runner.start();
      deployment.awaitAllCommitted();
    } finally {
      logger.detachAppender(warnings);
    }
    assertThat(executed).hasSize(95).doesNotHaveDuplicates().contains("0:5", "0:99");
    assertThat(warnings.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .filteredOn(message -> message.contains(deployment.in))
        .singleElement()
        .asString()
        .contains(deployment.input(0).toString(), "offset 5", "ignored");
    assertThat(deployment.probe.committedOffsets(deployment.group))
        .containsEntry(deployment.input(0), new OffsetAndMetadata(100, epoch(deployment), ""));
  }

  private static java.util.Optional<Integer> epoch(Deployment deployment) {
    return deployment
        .probe
        .committedOffsets(deployment.group)
        .get(deployment.input(0))
        .leaderEpoch();
  }
}
