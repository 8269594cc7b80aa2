package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.internal.engine.KafkaClients;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** A real client that gets into a state that it calls fatal, amid its work. */
@WithEmbeddedKafka
class ProducerDeathIT {

  private final Deployment deployment;

  ProducerDeathIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 4, 20);
  }

  /** Real ones, whose producers can be killed. */
  private static final class Killing implements KafkaClients {
    final List<Producer<byte[], byte[]>> made = new CopyOnWriteArrayList<>();
    volatile boolean stillborn;

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
      return REAL.consumer(config);
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> config) {
      Producer<byte[], byte[]> producer = REAL.producer(config);
      if (stillborn) {
        kill(producer);
      }
      made.add(producer);
      return producer;
    }

    @Override
    public Admin admin(Map<String, Object> config) {
      return REAL.admin(config);
    }

    void killLast() {
      kill(made.get(made.size() - 1));
    }

    /** By what the client itself does when it meets such an error. */
    private static void kill(Producer<byte[], byte[]> producer) {
      try {
        Field field = KafkaProducer.class.getDeclaredField("transactionManager");
        field.setAccessible(true);
        Object manager = field.get(producer);
        Method fatal =
            manager.getClass().getDeclaredMethod("transitionToFatalError", RuntimeException.class);
        fatal.setAccessible(true);
        fatal.invoke(manager, new UnsupportedVersionException("as the test wants it"));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("the client is another than this test knows", e);
      }
    }
  }

  /** Takes its time now and then, so that much is under way whenever a producer dies. */
  private static final class Echo implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      if (context.position().offset() % 50 == 0) {
        LockSupport.parkNanos(3_000_000);
      }
      return Deployment.id(context.position());
    }
  }

  private AlgoRunner runner(KafkaClients clients, String ordering) {
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_METRICS_PORT", "0");
    environment.put("ALGO_METRICS_ADDRESS", "127.0.0.1");
    environment.put("ALGO_HEALTH_GRACE", "0");
    environment.put("ALGO_ORDERING", ordering);
    environment.put("ALGO_CONCURRENCY", "8");
    environment.put("ALGO_MAX_IN_FLIGHT", "400");
    return AlgoRunner.builder(new Echo()).environment(environment).clients(clients).build();
  }

  private void goesOnInOrder(String ordering, int times) {
    Killing clients = new Killing();
    deployment.fill(1_500);
    try (AlgoRunner runner = runner(clients, ordering)) {
      runner.start();
      for (int deaths = 1; deaths <= times; deaths++) {
        deployment.awaitOutputs(1_500L * deaths);
        clients.killLast();
        deployment.fill(100); // whatever was written before, there is something to write
        int made = deaths + 1;
        await("another").atMost(Deployment.SOON).until(() -> clients.made.size() == made);
      }
      deployment.awaitAllCommitted();
      Deployment.awaitReady(runner);
      assertThat(RunnerPort.of(runner).get("/health").statusCode()).isEqualTo(200);
      assertThat(RunnerPort.of(runner).scrape().value("algo_producers_replaced_total"))
          .isEqualTo(times);
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order);
  }

  @Test
  void byKeyAnotherWritesWhatItHasLostInItsOrder() {
    goesOnInOrder("key", 2); // with the rest between the two
  }

  @Test
  void byPartitionAnotherWritesWhatItHasLostInItsOrder() {
    goesOnInOrder("partition", 1);
  }

  @Test
  void healthTellsThatNoneWorksUntilOneDoes() {
    Killing clients = new Killing();
    clients.stillborn = true;
    try (AlgoRunner runner = runner(clients, "key")) {
      runner.start();
      Deployment.awaitReady(runner);
      assertThat(RunnerPort.of(runner).get("/health").statusCode()).isEqualTo(200);
      deployment.fill(5);
      await("unhealthy")
          .atMost(Deployment.SOON)
          .until(() -> RunnerPort.of(runner).get("/health").statusCode() == 500);
      assertThat(RunnerPort.of(runner).get("/health").body())
          .containsPattern("the producer has failed for good.*since: [a-zA-Z.]+Exception\"")
          .doesNotContain("as the test wants it");

      clients.stillborn = false;
      deployment.awaitAllCommitted();
      Deployment.awaitReady(runner);
      assertThat(RunnerPort.of(runner).get("/health").statusCode()).isEqualTo(200);
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }
}
