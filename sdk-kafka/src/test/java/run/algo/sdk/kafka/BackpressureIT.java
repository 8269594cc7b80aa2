package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.internal.engine.KafkaClients;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** What is read and not settled stays within its bound, and who is slow is slow alone. */
@WithEmbeddedKafka
class BackpressureIT {

  private static final int BOUND = 50;
  private static final int BUDGET = 4 << 20;

  private final Deployment deployment;

  BackpressureIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 4);
  }

  /** Counts what the polls have brought, and what is paused. */
  private static final class CountingClients implements KafkaClients {
    final AtomicLong read = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();
    final AtomicLong polls = new AtomicLong();
    final Set<TopicPartition> paused = ConcurrentHashMap.newKeySet();

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
                      count(method.getName(), arguments, result);
                      return result;
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      return counting;
    }

    @SuppressWarnings("unchecked") // of pause and resume
    private void count(String method, Object[] arguments, Object result) {
      if (result instanceof ConsumerRecords<?, ?> records) {
        polls.incrementAndGet();
        read.addAndGet(records.count());
        for (ConsumerRecord<?, ?> record : records) {
          bytes.addAndGet(record.serializedKeySize() + record.serializedValueSize());
        }
      } else if (method.equals("pause")) {
        paused.addAll((Collection<TopicPartition>) arguments[0]);
      } else if (method.equals("resume")) {
        paused.removeAll((Collection<TopicPartition>) arguments[0]);
      }
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

  /** As {@link Blocked}, but counts bytes; and executes many at once. */
  private static final class Heavy implements Algo<String, String> {
    final CountingClients clients;
    final CountDownLatch letGo = new CountDownLatch(1);
    final CountDownLatch letAllGo = new CountDownLatch(1);
    final AtomicLong begun = new AtomicLong();
    final AtomicLong most = new AtomicLong();

    Heavy(CountingClients clients) {
      this.clients = clients;
    }

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      int own = text.length() + context.keyBytes().orElseThrow().length;
      // The keys of one test are equally long, and so are the values.
      long before = begun.getAndAdd(own);
      most.accumulateAndGet(clients.bytes.get() - before, Math::max);
      letAllGo.await();
      if (context.position().partition() == 0) {
        letGo.await();
      }
      return Deployment.id(context.position());
    }
  }

  @Test
  void bytesInFlightStayWithinTheBudgetAndWhatIsPausedRests() {
    CountingClients clients = new CountingClients();
    Heavy algo = new Heavy(clients);
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", "key");
    environment.put("ALGO_CONCURRENCY", "16");
    environment.put("ALGO_MEMORY_BUDGET", Integer.toString(BUDGET));
    environment.put("ALGO_COMMIT_INTERVAL", "500ms");
    int each = 1_000;
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      for (int p = 0; p < 4; p++) {
        records.add(
            KafkaProbe.record(deployment.in, p, "key-" + (10 + i % 90), "v".repeat(10_000)));
      }
    }
    deployment.probe.produceAll(records);
    try (AlgoRunner runner =
        AlgoRunner.builder(algo).environment(environment).clients(clients).build()) {
      runner.start();
      await("all is paused").atMost(Deployment.SOON).until(() -> clients.paused.size() == 4);
      long read = clients.bytes.get();
      assertThat(read).isBetween(BUDGET / 8L, (long) BUDGET);
      long polls = clients.polls.get();
      long began = System.nanoTime();
      await("nothing more is read")
          .during(Duration.ofSeconds(2))
          .atMost(Deployment.SOON)
          .until(() -> clients.bytes.get() == read);
      double seconds = (System.nanoTime() - began) / 1e9;
      assertThat((clients.polls.get() - polls) / seconds)
          .as("polls a second: for the commits and for the group, tens of thousands when spinning")
          .isLessThan(40);
      algo.letAllGo.countDown();
      await("the other three partitions flow to their ends")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed() == 3L * each);
      await("the blocked one is paused alone")
          .atMost(Deployment.SOON)
          .until(() -> clients.paused.equals(Set.of(deployment.input(0))));
      algo.letGo.countDown();
      await("all committed")
          .atMost(Deployment.SOON)
          .until(() -> deployment.committed() == 4L * each);
      assertThat(clients.paused).isEmpty();
    }
    assertThat(algo.most).hasValueLessThanOrEqualTo(BUDGET);
  }
}
