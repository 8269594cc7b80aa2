package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.guarantees.NoOverlap;
import run.algo.sdk.testkit.guarantees.OrderPerScope;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** A key waits for its own records and for nothing else. */
@WithEmbeddedKafka
@Tag("core")
class KeyOrderIT {

  private static final String NO_KEY = "none";

  private final Deployment deployment;
  private final Map<String, String> environment;

  KeyOrderIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 2);
    environment = deployment.environment();
    environment.put("ALGO_ORDERING", "key");
    environment.put("ALGO_CONCURRENCY", "8");
  }

  /** Stops at one key of the first partition; the scope of a record is partition and key. */
  private static final class Stopping implements Algo<String, String> {
    final NoOverlap overlap = new NoOverlap();
    final OrderPerScope order = new OrderPerScope();
    final NoDuplicates executions = new NoDuplicates();
    final AtomicInteger stopped = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    final CountDownLatch letGo = new CountDownLatch(1);
    final String stoppedScope;

    Stopping(String stoppedKey) {
      this.stoppedScope = scope(0, stoppedKey);
    }

    static String scope(int partition, String key) {
      return partition + "/" + key;
    }

    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      String id = Deployment.id(context.position());
      String scope = scope(context.position().partition(), context.key().orElse(NO_KEY));
      overlap.started(scope, id);
      try {
        order.seen(scope, id);
        executions.seen(id);
        if (scope.equals(stoppedScope)) {
          stopped.incrementAndGet();
          letGo.await();
        }
        return text;
      } finally {
        overlap.ended(scope, id);
        done.incrementAndGet();
      }
    }
  }

  /** Writes one record for each key, in turn to both partitions; returns how many. */
  private int write(Stopping algo, List<String> keys) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      for (int p = 0; p < 2; p++) {
        algo.order.expected(Stopping.scope(p, key), p + ":" + i);
        records.add(
            KafkaProbe.record(deployment.in, p, key.equals(NO_KEY) ? null : key, "text " + i));
      }
    }
    deployment.probe.produceAll(records);
    return records.size();
  }

  /** Thousands of keys, and many records of the stopped one and of none among them. */
  private static List<String> keys(String stopped) {
    List<String> keys = new ArrayList<>();
    keys.add(stopped);
    for (int i = 1; i < 10_000; i++) {
      keys.add(i % 100 == 50 ? "often" : i % 10 == 3 ? NO_KEY : "key-" + i * 7_919 % 3_000);
    }
    return keys;
  }

  private void allButTheStoppedKeyFlow(String stoppedKey) {
    Stopping algo = new Stopping(stoppedKey);
    List<String> keys = keys(stoppedKey);
    int waiting = (int) keys.stream().filter(stoppedKey::equals).count();
    assertThat(waiting).isGreaterThan(90);
    // More than there may be in flight: what has been settled beyond the stopped record is not.
    environment.put("ALGO_MAX_IN_FLIGHT", "4000");
    int all = write(algo, keys);
    try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment).build()) {
      runner.start();
      await("all other keys are done, those of the other partition too")
          .atMost(Deployment.SOON)
          .until(() -> algo.done.get() == all - waiting);
      assertThat(algo.stopped).as("one of the key at a time").hasValue(1);
      deployment.probe.awaitCommittedOffset(
          deployment.group, deployment.input(1), keys.size(), Deployment.SOON);
      assertThat(deployment.committed(0)).isZero();
      algo.letGo.countDown();
      for (int p = 0; p < 2; p++) {
        deployment.probe.awaitCommittedOffset(
            deployment.group, deployment.input(p), keys.size(), Deployment.SOON);
      }
    }
    assertThat(algo.done).hasValue(all);
    assertThat(algo.overlap.mostAtOnce()).isBetween(2, 8);
    Guarantee.verifyAll(algo.overlap, algo.order, algo.executions);
  }

  @Test
  void aStoppedKeyHoldsUpNoOther() {
    allButTheStoppedKeyFlow("often");
  }

  @Test
  void recordsWithoutAKeyAreOneScopeOfTheirPartition() {
    allButTheStoppedKeyFlow(NO_KEY);
  }

  /** Has as many executions under way as it may, and no thread in them. */
  private static final class Pending implements AsyncAlgo<String, String> {
    final NoDuplicates executions = new NoDuplicates();
    final ConcurrentLinkedQueue<CompletableFuture<String>> underWay = new ConcurrentLinkedQueue<>();
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger inside = new AtomicInteger();
    final AtomicInteger mostInside = new AtomicInteger();

    @Override
    public CompletionStage<String> run(String text, AlgoContext context) {
      executions.seen(Deployment.id(context.position()));
      // From here on nothing may wait: a virtual thread that waits for a lock lets others in.
      mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
      CompletableFuture<String> result = new CompletableFuture<>();
      underWay.add(result);
      begun.incrementAndGet();
      inside.decrementAndGet();
      return result;
    }
  }

  @Test
  void aThousandAsynchronousExecutionsAreUnderWayOnAHandfulOfThreads() {
    Pending algo = new Pending();
    environment.put("ALGO_CONCURRENCY", "1000");
    // Two records a key: the second of each waits for the first.
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      records.add(KafkaProbe.record(deployment.in, i % 2, "key-" + i % 1_000, "text " + i));
    }
    deployment.probe.produceAll(records);
    try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment).build()) {
      runner.start();
      await().atMost(Deployment.SOON).until(() -> algo.begun.get() == 1_000);
      assertThat(workers()).isLessThanOrEqualTo(processors());
      List.copyOf(algo.underWay).forEach(result -> result.complete("first"));
      await().atMost(Deployment.SOON).until(() -> algo.begun.get() == 2_000);
      assertThat(workers()).isLessThanOrEqualTo(processors());
      algo.underWay.forEach(result -> result.complete("second"));
      deployment.awaitOutputs(2_000);
      for (int p = 0; p < 2; p++) {
        deployment.probe.awaitCommittedOffset(
            deployment.group, deployment.input(p), 1_000, Deployment.SOON);
      }
    }
    assertThat(algo.mostInside.get()).isBetween(1, (int) processors());
    algo.executions.verify();
  }

  private static long processors() {
    return Math.max(2, Runtime.getRuntime().availableProcessors());
  }

  /** Threads of the system; where they are virtual, none. */
  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("algo-worker-"))
        .count();
  }
}
