package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** Exactly-once within a process: what is refused, slow, or moved to another instance. */
@WithEmbeddedKafka
class ExactlyOnceIT {

  private final EmbeddedKafka kafka;

  ExactlyOnceIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  private static Map<String, String> environment(Deployment deployment, String ordering) {
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_DELIVERY", "exactly-once");
    environment.put("ALGO_ORDERING", ordering);
    return environment;
  }

  private static double transactions(MeterRegistry registry, String result) {
    return registry.get("algo.transactions").tag("result", result).functionCounter().count();
  }

  /** One of many writes more than the client may send. */
  @Test
  void oneRecordThatIsTooLargeCostsOneAbort() throws Exception {
    oneRecordThatIsTooLargeCostsOneAbort(990_000, 0);
  }

  /**
   * The same where only the broker can tell. Where its limit is lower than the client's batches are
   * large, good records are refused in them too, and the client has to divide the batches.
   */
  @ParameterizedTest
  @CsvSource({"200_000, 100_000", "50_000, 20_000"})
  void oneRecordThatIsTooLargeForTheBrokerCostsOneAbort(String size, String limit)
      throws Exception {
    oneRecordThatIsTooLargeCostsOneAbort(number(size), number(limit));
  }

  private static int number(String text) {
    return Integer.parseInt(text.replace("_", ""));
  }

  /**
   * Has a large record among small ones.
   *
   * @param limit of the topic, which the client does not know; 0 where the client has one
   */
  private void oneRecordThatIsTooLargeCostsOneAbort(int size, int limit) throws Exception {
    boolean byTheBroker = limit > 0;
    int records = 10_000;
    String large = "0:5000";
    Deployment deployment = new Deployment(kafka, 1, 100);
    deployment.fill(records);
    NoDuplicates executions = new NoDuplicates();
    CountDownLatch limited = new CountDownLatch(1);
    String huge = "x".repeat(size);
    Algo<String, String> algo =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) throws InterruptedException {
            String id = Deployment.id(context.position());
            executions.seen(id);
            if (id.equals("0:0")) {
              limited.await(); // until the topic has a limit that the runner has not seen
            }
            return id.equals(large) ? huge : id;
          }
        };
    Map<String, String> environment = environment(deployment, "key");
    if (!byTheBroker) {
      environment.put("KAFKA_PRODUCER_MAX_REQUEST_SIZE", "900000");
    }
    MeterRegistry registry = new SimpleMeterRegistry();
    try (AlgoRunner runner =
            AlgoRunner.builder(algo).environment(environment).meterRegistry(registry).build();
        Admin admin = Admin.create(kafka.adminProperties())) {
      runner.start();
      Deployment.awaitReady(runner);
      if (byTheBroker) {
        admin
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, deployment.out),
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "" + limit),
                            AlterConfigOp.OpType.SET))))
            .all()
            .get();
      }
      limited.countDown();
      deployment.awaitAllCommitted();
      System.out.printf(
          "ExactlyOnceIT: %d records in %.0f transactions%n",
          records, transactions(registry, "committed"));
      assertThat(transactions(registry, "aborted")).isEqualTo(1);
    }
    // Before the outputs, of which none can be missing but those that are here.
    List<ConsumerRecord<String, String>> letters =
        deployment.probe.readAll(deployment.in + ".dlq", 1, Deployment.SOON);
    assertThat(letters).extracting(ConsumerRecord::value).containsExactly(large);
    assertThat(new String(letters.get(0).headers().lastHeader("dlqReason").value(), UTF_8))
        .isEqualTo("too-large");
    List<String> outputs =
        deployment.probe.readAll(deployment.out, records - 1, Deployment.SOON).stream()
            .map(ConsumerRecord::value)
            .toList();
    assertThat(outputs).hasSize(records - 1).doesNotHaveDuplicates().doesNotContain(large, huge);
    Guarantee.verifyAll(executions);
  }

  /** What stands keeps its own partition from being committed, and nothing else. */
  @Test
  void aStragglerHoldsBackItsPartitionAlone() throws Exception {
    Deployment deployment = new Deployment(kafka, 2, 20);
    deployment.fill(1_000);
    CountDownLatch letGo = new CountDownLatch(1);
    Algo<String, String> algo =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) throws InterruptedException {
            String id = Deployment.id(context.position());
            if (id.equals("0:10")) {
              letGo.await();
            }
            return id;
          }
        };
    try (AlgoRunner runner =
        AlgoRunner.builder(algo).environment(environment(deployment, "key")).build()) {
      runner.start();
      await("the other partition")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed(1) == 1_000);
      assertThat(deployment.committed(0)).isEqualTo(10);
      letGo.countDown();
      deployment.awaitAllCommitted();
    }
    Deployment.Judgement judgement = deployment.judgeCommitted();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  /** An instance that comes or goes. */
  private static final class Member implements Algo<String, String>, AutoCloseable {
    final AtomicLong executed = new AtomicLong();
    final AlgoRunner runner;

    Member(Map<String, String> environment) {
      runner = AlgoRunner.builder(this).environment(environment).build();
      runner.start();
    }

    @Override
    public String run(String text, AlgoContext context) {
      executed.incrementAndGet();
      LockSupport.parkNanos(1_000_000);
      return Deployment.id(context.position());
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  @ParameterizedTest
  @EnumSource(RebalanceProtocol.class)
  void instancesThatComeAndGoLeaveEachResultOnce(RebalanceProtocol protocol) {
    Deployment deployment = new Deployment(kafka, 6, 20);
    Map<String, String> environment = environment(deployment, "key");
    environment.put("ALGO_CONCURRENCY", "8");
    protocol.set(environment);
    AtomicInteger names = new AtomicInteger();
    List<Member> members = new ArrayList<>();
    try {
      members.add(member(environment, names));
      for (int change = 0; change < 4; change++) {
        if (change % 2 == 0) {
          members.add(member(environment, names));
        } else {
          members.remove(0).close();
        }
        awaitAllTakePart(deployment, members);
      }
      deployment.awaitAllCommitted();
    } finally {
      members.forEach(Member::close);
    }
    Deployment.Judgement judgement = deployment.judgeCommitted();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  private static Member member(Map<String, String> environment, AtomicInteger names) {
    Map<String, String> own = new java.util.HashMap<>(environment);
    own.put("INSTANCE_NAME", "member-" + names.incrementAndGet());
    return new Member(own);
  }

  private static void awaitAllTakePart(Deployment deployment, List<Member> members) {
    List<Long> before = members.stream().map(member -> member.executed.get()).toList();
    await("all take part")
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (deployment.total() - deployment.committed() < 3_000) {
                deployment.fill(500);
              }
              for (int i = 0; i < members.size(); i++) {
                if (members.get(i).executed.get() < before.get(i) + 50) {
                  return false;
                }
              }
              return true;
            });
  }
}
