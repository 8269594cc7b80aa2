package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.guarantees.NoLoss;
import run.algo.sdk.testkit.guarantees.OrderPerScope;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * Records that hang, busy and deaf to interrupts, among 5,000 good ones: the good ones are done in
 * little more time than without them, and the hanging ones are dead letters. On a Java that has
 * virtual threads these loops own every carrier.
 */
@WithEmbeddedKafka
@Tag("core")
class DeadlineIT {

  private static final int GOOD = 5_000;

  /** As many as own every carrier several times; {@code -Ddeadline.hangs=50} is the whole of it. */
  private static final int HANGS = Integer.getInteger("deadline.hangs", 12);

  /** Exceeded by what hangs. */
  private static final int ABANDONED_LIMIT = HANGS / 2;

  private static final int KEYS = 500;
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** Keys hang at most so often, one after the other. */
  private static final int HANGS_A_KEY = 2;

  /**
   * How much more time than without hangs the good ones may have. What they must wait for is the
   * timeouts of their own key, one after the other; the rest is for the busy loops on a machine of
   * two processors, where the broker, too, then goes at a fraction of its speed. The hanging ones
   * alone, one after the other, would take {@link #HANGS} timeouts or, without any, for ever.
   */
  private static final Duration ALLOWANCE =
      TIMEOUT.multipliedBy(HANGS_A_KEY).plus(Duration.ofMillis(600).multipliedBy(HANGS));

  private final Deployment deployment;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Hanging algo = new Hanging();

  DeadlineIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 2);
    kafka.createTopic(deployment.in + ".dlq", 2);
  }

  @AfterEach
  void letGo() {
    algo.letGo = true;
  }

  /** Hangs where the record says so. */
  private static final class Hanging implements Algo<String, String> {
    final Set<String> hung = ConcurrentHashMap.newKeySet();
    final AtomicInteger hanging = new AtomicInteger();
    volatile boolean letGo;

    @Override
    public String run(String text, AlgoContext context) {
      if (text.startsWith("hang")) {
        hung.add(text);
        hanging.incrementAndGet();
        while (!letGo) {
          Thread.onSpinWait();
        }
        hanging.decrementAndGet();
      }
      return text;
    }
  }

  private List<ProducerRecord<byte[], byte[]>> records(boolean withHangs) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < GOOD; i++) {
      int key = i % KEYS;
      int hang = i / (GOOD / HANGS);
      if (withHangs && i % (GOOD / HANGS) == 0 && hang < HANGS) {
        int of = hang % (HANGS / HANGS_A_KEY);
        records.add(record(of, "hang-" + hang));
      }
      records.add(record(key, "good-" + key + "-" + i / KEYS));
    }
    return records;
  }

  private ProducerRecord<byte[], byte[]> record(int key, String value) {
    return KafkaProbe.record(deployment.in, key % 2, "key-" + key, value);
  }

  /** How long until so many outputs are there. */
  private Duration untilOutputs(long count) {
    long begin = System.nanoTime();
    await("outputs")
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(deployment::outputs, found -> found >= count);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private Map<String, String> environment(Ordering ordering) {
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", ordering.wireName());
    environment.put("ALGO_CONCURRENCY", "64");
    environment.put("ALGO_TIMEOUT", TIMEOUT.toMillis() + "ms");
    environment.put("ALGO_ABANDONED_LIMIT", Integer.toString(ABANDONED_LIMIT));
    environment.put("ALGO_HEALTH_GRACE", "0s");
    environment.put("ALGO_SHUTDOWN_TIMEOUT", "5s");
    environment.put("ALGO_METRICS_PORT", "0");
    return environment;
  }

  @ParameterizedTest
  @EnumSource(names = {"KEY", "UNORDERED"})
  void goodRecordsAreDoneBesideHangingOnes(Ordering ordering) throws Exception {
    try (AlgoRunner runner = AlgoRunner.builder(algo).environment(environment(ordering)).build()) {
      runner.start();
      Deployment.awaitReady(runner);
      deployment.probe.produceAll(records(false)); // the first are slow for reasons of their own
      untilOutputs(GOOD);
      deployment.probe.produceAll(records(false));
      Duration without = untilOutputs(2 * GOOD);
      deployment.probe.produceAll(records(true));
      Duration with = untilOutputs(3 * GOOD);
      assertThat(with)
          .as("%s without, and with %d of %d hanging", without, algo.hanging.get(), HANGS)
          .isLessThan(without.multipliedBy(10).plus(ALLOWANCE));
      await("dead letters").atMost(Deployment.SOON).until(() -> letterCount() >= HANGS);
      assertThat(algo.hanging).as("they hang on").hasPositiveValue();
      await("unhealthy").atMost(Deployment.SOON).until(() -> health(runner).statusCode() == 500);
      assertThat(health(runner).body()).contains("ALGO_ABANDONED_LIMIT=" + ABANDONED_LIMIT);
      algo.letGo = true;
      await("healthy again")
          .atMost(Deployment.SOON)
          .until(() -> health(runner).statusCode() == 200);
      awaitAllCommitted();
      System.out.printf(
          "%s, %s: %d good records in %d ms, with %d hanging ones among them in %d ms%n",
          Runtime.version().feature(), ordering, GOOD, without.toMillis(), HANGS, with.toMillis());
    }
    judge(ordering);
  }

  private HttpResponse<String> health(AlgoRunner runner) throws Exception {
    URI uri = URI.create("http://localhost:" + runner.metricsPort().getAsInt() + "/health");
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private void awaitAllCommitted() {
    await("all committed")
        .atMost(Deployment.SOON)
        .until(deployment::committed, offsets -> offsets == 3 * GOOD + HANGS);
  }

  private long letterCount() {
    return deployment.probe.endOffsets(deployment.in + ".dlq").values().stream()
        .mapToLong(end -> end)
        .sum();
  }

  private void judge(Ordering ordering) {
    NoLoss loss = new NoLoss();
    NoDuplicates duplicates = new NoDuplicates();
    OrderPerScope order = new OrderPerScope();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < GOOD; i++) {
        int key = i % KEYS;
        String id = "good-" + key + "-" + i / KEYS;
        loss.expected(id + "/" + round);
        order.expected("key-" + key, id + "/" + round);
      }
    }
    Map<String, Integer> rounds = new HashMap<>();
    for (ConsumerRecord<String, String> output :
        deployment.probe.readAll(deployment.out, 3 * GOOD, Deployment.SOON)) {
      String id = output.value() + "/" + (rounds.merge(output.value(), 1, Integer::sum) - 1);
      loss.seen(id);
      duplicates.seen(id);
      order.seen(output.key(), id);
    }
    loss.verify();
    duplicates.verify();
    if (ordering == Ordering.KEY) {
      order.verify();
    }
    List<ConsumerRecord<String, String>> letters =
        deployment.probe.readAll(deployment.in + ".dlq", HANGS, Deployment.SOON);
    assertThat(letters).hasSize(HANGS);
    assertThat(letters)
        .allSatisfy(
            letter ->
                assertThat(new String(letter.headers().lastHeader("dlqReason").value(), UTF_8))
                    .isEqualTo("timeout"));
    assertThat(letters.stream().map(ConsumerRecord::value).collect(Collectors.toSet()))
        .isEqualTo(new TreeSet<>(algo.hung))
        .hasSize(HANGS);
  }
}
