package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.internal.engine.KafkaClients;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** What is read and not settled stays within its bound, and who is slow is slow alone. */
@WithEmbeddedKafka
class BackpressureIT {

  private static final int BOUND = 50;

  private final Deployment deployment;

  BackpressureIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 4);
  }

  /** Counts what the polls have brought. */
  private static final class CountingClients implements KafkaClients {
    final AtomicLong read = new AtomicLong();

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
      Consumer<byte[], byte[]> real = REAL.consumer(config);
      @SuppressWarnings("unchecked")
      Consumer<byte[], byte[]> counting =
          (Consumer<byte[], byte[]>)
              Proxy.newProxyInstance(
                  CountingClients.class.getClassLoader(),
                  new Class<?>[] {Consumer.class},
                  (proxy, method, arguments) -> {
                    try {
                      Object result = method.invoke(real, arguments);
                      if (result instanceof ConsumerRecords<?, ?> records) {
                        read.addAndGet(records.count());
                      }
                      return result;
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      return counting;
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> config) {
      return REAL.producer(config);
    }

    @Override
    public Admin admin(Map<String, Object> config) {
      return REAL.admin(config);
    }
  }

  /**
   * Stops at the first record of one partition. Looks at each execution how many records were read
   * that have not even begun, and can so not be settled.
   */
  private static final class Blocked implements Algo<String, String> {
    final CountingClients clients;
    final CountDownLatch letGo = new CountDownLatch(1);
    final AtomicLong begun = new AtomicLong();
    final AtomicLong most = new AtomicLong();
    final AtomicLong executed = new AtomicLong();
    final int blockedPartition;

    Blocked(CountingClients clients, int blockedPartition) {
      this.clients = clients;
      this.blockedPartition = blockedPartition;
    }

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      // Begun first and read second: what is read meanwhile is then counted, not overlooked.
      long before = begun.getAndIncrement();
      most.accumulateAndGet(clients.read.get() - before, Math::max);
      if (context.position().partition() == blockedPartition) {
        letGo.await();
      }
      executed.incrementAndGet();
      return Deployment.id(context.position());
    }
  }

  @Test
  void oneBlockedPartitionLeavesTheOthersTheirShareOfASmallBound() {
    CountingClients clients = new CountingClients();
    Blocked algo = new Blocked(clients, 0);
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_MAX_IN_FLIGHT", Integer.toString(BOUND));
    environment.put("ALGO_CONCURRENCY", "4");
    deployment.fill(2_500);
    try (AlgoRunner runner =
        AlgoRunner.builder(algo).environment(environment).clients(clients).build()) {
      runner.start();
      await("the other three partitions flow to their ends")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed() == 7_500);
      assertThat(clients.read.get() - 7_500).isBetween(1L, (long) BOUND);
      algo.letGo.countDown();
      deployment.awaitAllCommitted();
    }
    assertThat(algo.most).hasValueLessThanOrEqualTo(BOUND);
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  @Test
  void anAlgoThatStandsStillIsNotReadAhead() {
    CountingClients clients = new CountingClients();
    CountDownLatch letGo = new CountDownLatch(1);
    Algo<String, String> still =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) throws InterruptedException {
            letGo.await();
            return Deployment.id(context.position());
          }
        };
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_MAX_IN_FLIGHT", Integer.toString(BOUND));
    deployment.fill(2_500);
    try (AlgoRunner runner =
        AlgoRunner.builder(still).environment(environment).clients(clients).build()) {
      runner.start();
      await().atMost(Deployment.SOON).until(() -> clients.read.get() > BOUND / 2);
      await("no more is read")
          .during(Duration.ofSeconds(2))
          .atMost(Deployment.SOON)
          .until(() -> clients.read.get() <= BOUND);
      assertThat(deployment.committed()).isZero();
      letGo.countDown();
      deployment.awaitAllCommitted();
    }
  }
}
