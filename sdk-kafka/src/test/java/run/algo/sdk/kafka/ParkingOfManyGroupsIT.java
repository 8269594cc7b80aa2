package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** Algos that read the same input keep apart what each of them retries. */
@WithEmbeddedKafka
class ParkingOfManyGroupsIT {

  private static final Duration BACKOFF = Duration.ofMillis(1500);
  private static final int RECORDS = 40;

  private final EmbeddedKafka kafka;
  private final Deployment deployment;

  ParkingOfManyGroupsIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
    deployment = new Deployment(kafka, 2, 5);
  }

  /** An Algo of its own group, with an output topic of its own; it fails one record once. */
  private final class Reader implements Algo<String, String>, AutoCloseable {
    final Map<String, List<Integer>> attempts = new ConcurrentHashMap<>();
    final String group = TopicNames.unique("algorun-test");
    final String out = TopicNames.unique("out");
    final ParkingTopicProbe parked = new ParkingTopicProbe(deployment, group);
    final String failing;
    final AlgoRunner runner;

    Reader(String strategy, String delivery, String failing) {
      this.failing = failing;
      kafka.createTopic(out, deployment.partitions);
      Map<String, String> environment = deployment.environment();
      environment.put("ALGO_GROUP_ID", group);
      environment.put("ALGO_DELIVERY", delivery);
      environment.put("KAFKA_OUTPUT_TOPIC_WORDS", out);
      environment.put("INSTANCE_NAME", group + "-0");
      environment.put("ALGO_RETRY_STRATEGY", ParkingTopicProbe.strategy(strategy, BACKOFF, 1));
      runner = AlgoRunner.builder(this).environment(environment).build();
      runner.start();
    }

    @Override
    public String run(String text, AlgoContext context) {
      attempts.computeIfAbsent(text, unused -> new CopyOnWriteArrayList<>()).add(context.attempt());
      if (text.equals(failing) && context.attempt() == 1) {
        throw new IllegalStateException("not yet");
      }
      return text;
    }

    void awaitAll() {
      await("all of " + group)
          .atMost(Deployment.SOON)
          .until(
              () ->
                  deployment.probe.committedOffsets(group).entrySet().stream()
                      .filter(entry -> entry.getKey().topic().equals(deployment.in))
                      .map(Map.Entry::getValue)
                      .mapToLong(OffsetAndMetadata::offset)
                      .sum(),
              sum -> sum == deployment.total());
    }

    /** Each record was executed once, but for the one that failed, and has one result. */
    void verify() {
      assertThat(attempts).hasSize((int) deployment.total());
      attempts.forEach(
          (id, tries) ->
              assertThat(tries)
                  .as(group + " " + id)
                  .containsExactlyElementsOf(id.equals(failing) ? List.of(1, 2) : List.of(1)));
      assertThat(deployment.probe.readAll(out, (int) deployment.total(), Deployment.SOON))
          .extracting(ConsumerRecord::value)
          .containsExactlyInAnyOrderElementsOf(attempts.keySet());
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /** The record and those behind it of its key, as parked records are named. */
  private Set<String> fromOnward(int partition, long offset) {
    String key = deployment.key(partition, offset);
    return LongStream.range(offset, RECORDS)
        .filter(other -> deployment.key(partition, other).equals(key))
        .mapToObj(other -> partition + "/" + other)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void eachGroupHasItsOwnParkingTopic(String delivery) {
    deployment.fill(RECORDS);
    try (Reader one = new Reader("StatefulOrdered", delivery, "0:3");
        Reader other = new Reader("StatefulOrdered", delivery, "1:5");
        Reader topics = new Reader("RetryTopics", delivery, "0:4")) {
      for (Reader each : List.of(one, other, topics)) {
        each.awaitAll();
      }
      one.parked.awaitNoneLive();
      other.parked.awaitNoneLive();
      await("the retry topic's record")
          .atMost(Deployment.SOON)
          .until(() -> topics.attempts.get("0:4"), List.of(1, 2)::equals);
      deployment.probe.readAll(topics.out, (int) deployment.total(), Deployment.SOON);
      for (Reader each : List.of(one, other, topics)) {
        assertThat(each.runner.notReady()).isEmpty();
      }
      one.verify();
      other.verify();
      topics.verify();
      assertThat(ids(one.parked)).contains("0/3").isSubsetOf(fromOnward(0, 3));
      assertThat(ids(other.parked)).contains("1/5").isSubsetOf(fromOnward(1, 5));
      assertThat(kafka.probe().endOffsets(deployment.in + ".dlq").values()).containsOnly(0L);
      // The retry topic has its one record, and no group but its own has touched it.
      String retries = deployment.in + "." + BACKOFF.toMillis() + "ms";
      assertThat(kafka.probe().readAll(retries, 1, Deployment.SOON))
          .extracting(ConsumerRecord::value)
          .containsExactly("0:4");
      assertThat(kafka.probe().committedOffsets(one.group).keySet())
          .allSatisfy(partition -> assertThat(partition.topic()).isEqualTo(deployment.in));
      assertThat(kafka.probe().committedOffsets(other.group).keySet())
          .allSatisfy(partition -> assertThat(partition.topic()).isEqualTo(deployment.in));
    }
  }

  private static Set<String> ids(ParkingTopicProbe parked) {
    Set<String> ids = new TreeSet<>();
    parked.all().forEach(record -> ids.add(ParkingTopicProbe.id(record)));
    return ids;
  }
}
