package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * A thousand traces of five records over two inputs, in a process that is killed amid them: each is
 * executed with exactly its records. The inputs are read as a backlog too, where a trigger is read
 * long before records of its trace that were written before it to the other input.
 */
@WithEmbeddedKafka
class GatherKillIT {

  private static final int TRACES = 1_000;

  /** So many are open at once. */
  private static final int CHUNK = 50;

  private static final int PARTITIONS = 2;
  private static final int PARTS = 5;

  private final EmbeddedKafka kafka;
  private final KafkaProbe probe;
  private final String left = TopicNames.unique("left");
  private final String right = TopicNames.unique("right");
  private final String out = TopicNames.unique("out");
  private final String group = TopicNames.unique("algorun-gather");

  GatherKillIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
    this.probe = kafka.probe();
    for (String topic : List.of(left, right, out)) {
      kafka.createTopic(topic, PARTITIONS);
    }
  }

  private Map<String, String> environment(String delivery, String ordering) {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers());
    environment.put("KAFKA_INPUT_TOPIC_LEFT", left);
    environment.put("KAFKA_INPUT_TOPIC_RIGHT", right);
    environment.put("KAFKA_OUTPUT_TOPIC_OUT", out);
    environment.put("ALGO_GROUP_ID", group);
    environment.put("ALGO_METRICS_PORT", "off");
    environment.put("ALGO_COMMIT_INTERVAL", "20ms");
    environment.put("ALGO_DELIVERY", delivery);
    environment.put("ALGO_ORDERING", ordering);
    environment.put("ALGO_CONCURRENCY", "8");
    environment.put("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "2000");
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
    environment.put("KAFKA_CONSUMER_MAX_POLL_RECORDS", "200");
    environment.put("INSTANCE_NAME", group + "-0");
    return environment;
  }

  /** Writes traces, a part of all of a chunk after the other. */
  private void write(int from, int to) {
    for (int chunk = from; chunk < to; chunk += CHUNK) {
      for (int part = 0; part < PARTS; part++) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int trace = chunk; trace < chunk + CHUNK; trace++) {
          records.add(record(trace, part));
        }
        probe.produceAll(records);
      }
    }
  }

  private ProducerRecord<byte[], byte[]> record(int trace, int part) {
    boolean trigger = part == PARTS - 1;
    ProducerRecord<byte[], byte[]> record =
        KafkaProbe.record(
            part % 2 == 0 ? left : right, trace % PARTITIONS, "key-" + trace, "part" + part);
    record.headers().add("traceID", ("trace-" + trace).getBytes(UTF_8));
    record.headers().add("run", String.valueOf(trigger).getBytes(UTF_8));
    return record;
  }

  private long committed() {
    return probe.committedOffsets(group).values().stream().mapToLong(o -> o.offset()).sum();
  }

  private ChildJvm start(Map<String, String> environment) {
    return ChildJvm.start(GatheringAlgo.class, List.of("-Xmx256m"), environment);
  }

  private void awaitCommitted(long atLeast) {
    await("commits")
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(this::committed, found -> found >= atLeast);
  }

  @ParameterizedTest
  @CsvSource({"at-least-once, key", "exactly-once, unordered"})
  void eachTraceIsExecutedWithExactlyItsRecords(String delivery, String ordering) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("GatherKillIT: repeat with -Dseed=" + seed);
    Random random = new Random(seed);
    Map<String, String> environment = environment(delivery, ordering);
    write(0, TRACES / 2);
    ChildJvm child = start(environment);
    try {
      awaitCommitted(1 + random.nextInt(TRACES));
      child.kill();
      child.close();
      child = start(environment);
      write(TRACES / 2, TRACES - CHUNK);
      awaitCommitted(TRACES / 2L * PARTS + 1 + random.nextInt(TRACES));
      child.kill();
      child.close();
      child = start(environment);
      write(TRACES - CHUNK, TRACES);
      awaitCommitted((long) TRACES * PARTS);
      child.terminate();
      assertThat(child.exitCode()).as(child.output()).isZero();
    } finally {
      child.close();
    }
    judge(delivery.equals("exactly-once"));
  }

  private void judge(boolean once) {
    Map<String, Integer> results = new HashMap<>();
    for (ConsumerRecord<String, String> result : probe.readAll(out, TRACES, Deployment.SOON)) {
      String[] of = result.value().split("=", 2);
      results.merge(of[0], 1, Integer::sum);
      List<String> parts = Arrays.asList(of[1].split(","));
      assertThat(parts)
          .as(of[0])
          .containsExactlyInAnyOrder("part0", "part1", "part2", "part3", "part4")
          .containsSubsequence("part0", "part2", "part4")
          .containsSubsequence("part1", "part3", "part4");
      assertThat(result.key()).isEqualTo("key-" + of[0].substring("trace-".length()));
    }
    assertThat(results).as("traces with a result").hasSize(TRACES);
    if (once) {
      assertThat(results.values()).as("results of a trace").containsOnly(1);
    }
    for (String topic : List.of(left, right)) {
      assertThat(probe.endOffsets(topic + ".dlq").values()).as("dead letters").containsOnly(0L);
    }
    System.out.printf(
        "GatherKillIT: %d traces, %d results, 2 kills%n",
        TRACES, results.values().stream().mapToInt(i -> i).sum());
  }
}
