package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * Instances come and go, and one is killed, while records are parked: whoever owns a partition
 * executes what is parked of it, in the order of each key, and nobody else does.
 */
@WithEmbeddedKafka
class ParkingRebalanceIT {

  /** Longer than a rebalance takes, so that it finds records that wait. */
  private static final Duration BACKOFF = Duration.ofSeconds(3);

  private static final int RECORDS = 40;

  private final Deployment deployment;
  private final ParkingTopicProbe parked;
  private final ExecutionLog log = ExecutionLog.create();

  /** Executions of partitions that were another's. */
  private final ConcurrentLinkedQueue<String> strangers = new ConcurrentLinkedQueue<>();

  private final Admin admin;

  ParkingRebalanceIT(EmbeddedKafka kafka) {
    admin = Admin.create(kafka.adminProperties());
    deployment = new Deployment(kafka, 6, 20);
    parked = new ParkingTopicProbe(deployment);
  }

  @AfterEach
  void close() {
    admin.close();
  }

  /** An instance in this process. */
  private final class Member implements Algo<String, String>, AutoCloseable {
    private final RebalanceWatch watch = new RebalanceWatch();
    private final FailingKeysAlgo algo;
    private final String name;
    private final AlgoRunner runner;

    Member(String name, Map<String, String> environment) {
      this.name = name;
      algo = new FailingKeysAlgo(log, name);
      Map<String, String> own = new HashMap<>(environment);
      own.put("INSTANCE_NAME", deployment.group + "-" + name);
      runner = AlgoRunner.builder(this).environment(own).clients(watch).build();
      runner.start();
    }

    @Override
    public String run(String text, AlgoContext context) {
      int partition = context.position().partition();
      if (!watch.owned().contains(deployment.input(partition))) {
        strangers.add(name + " executed " + Deployment.id(context.position()));
      }
      return algo.run(text, context);
    }

    void leave() {
      runner.close();
    }

    @Override
    public void close() {
      leave();
    }
  }

  @ParameterizedTest
  @CsvSource("exactly-once, COOPERATIVE")
  void whoeverOwnsThePartitionExecutesWhatIsParkedOfIt(
      String delivery, RebalanceProtocol protocol) {
    run(delivery, protocol);
  }

  @ParameterizedTest
  @Tag("chaos")
  @CsvSource({
    "at-least-once, COOPERATIVE",
    "at-least-once, EAGER",
    "at-least-once, CONSUMER",
    "exactly-once, EAGER",
    "exactly-once, CONSUMER"
  })
  void soItIsAtLeastOnceAndWithTheOtherProtocols(String delivery, RebalanceProtocol protocol) {
    run(delivery, protocol);
  }

  private void run(String delivery, RebalanceProtocol protocol) {
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_DELIVERY", delivery);
    environment.put(
        "ALGO_RETRY_STRATEGY", ParkingTopicProbe.strategy("StatefulOrdered", BACKOFF, 5));
    protocol.set(environment);
    if (protocol != RebalanceProtocol.CONSUMER) {
      environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "2000");
    }
    Map<String, String> killed = new HashMap<>(environment);
    killed.put("INSTANCE_NAME", deployment.group + "-killed");
    try (Member first = new Member("first", environment)) {
      parkSome();
      // Scale-out: what waits is the new ones' from now on, as far as its partition is.
      try (Member second = new Member("second", environment);
          ChildJvm third = FailingKeysAlgo.start(killed, log, "killed")) {
        awaitMembers(3);
        parkSome();
        assertThat(log.begun("second")).isNotEmpty();
        assertThat(log.begun("killed")).isNotEmpty();
        third.kill();
        parkSome();
        // Scale-in, while what was parked by the first waits.
        first.leave();
        deployment.awaitAllCommitted();
        parked.awaitNoneLive();
        deployment.awaitAllCommitted();
        assertThat(second.runner.notReady()).isEmpty();
      }
    }
    assertThat(strangers).isEmpty();
    assertThat(deployment.probe.endOffsets(deployment.in + ".dlq").values())
        .as("dead letters")
        .containsOnly(0L);
    assertThat(movedOn()).as("parked records that another instance has completed").isPositive();
    Deployment.Judgement executions = deployment.judge(log);
    Guarantee.verifyAll(executions.loss, executions.order);
    boolean transactional = delivery.equals("exactly-once");
    Deployment.Judgement outputs = transactional ? deployment.judgeCommitted() : deployment.judge();
    Guarantee.verifyAll(outputs.loss, outputs.order);
    if (transactional) {
      Guarantee.verifyAll(outputs.duplicates);
    }
  }

  /** More records, until in each partition offsets have moved past some of them that wait. */
  private void parkSome() {
    long from = deployment.total() / deployment.partitions;
    deployment.fill(RECORDS);
    await("committed beyond what is parked")
        .atMost(Deployment.SOON)
        .until(
            () -> {
              Set<Integer> passed = new HashSet<>();
              for (String parkedId : parked.live().keySet()) {
                String[] id = parkedId.split("/", -1);
                int partition = Integer.parseInt(id[0]);
                long offset = Long.parseLong(id[1]);
                if (offset >= from && offset < deployment.committed(partition)) {
                  passed.add(partition);
                }
              }
              return passed.size() == deployment.partitions;
            });
  }

  /** Waits until the group has so many members, each with partitions. */
  private void awaitMembers(int count) {
    await(count + " members")
        .atMost(Deployment.SOON)
        .until(
            () ->
                admin
                    .describeConsumerGroups(List.of(deployment.group))
                    .describedGroups()
                    .get(deployment.group)
                    .get()
                    .members()
                    .stream()
                    .filter(member -> !member.assignment().topicPartitions().isEmpty())
                    .count(),
            members -> members == count);
  }

  /** How many records were begun by one instance and completed by another. */
  private long movedOn() {
    Map<String, String> begun = new HashMap<>();
    Set<String> moved = new HashSet<>();
    for (ExecutionLog.Entry entry : log.entries()) {
      if (entry.begin()) {
        begun.putIfAbsent(entry.id(), entry.instance());
      } else if (!entry.instance().equals(begun.get(entry.id()))) {
        moved.add(entry.id());
      }
    }
    return moved.size();
  }
}
