package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.internal.observe.Scrape;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** What the metrics count is what has happened, to the record. */
@WithEmbeddedKafka
class LedgerIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int PARTITIONS = 4;

  private static final Pipe<String> IN = Pipe.text("in");
  private static final Pipe<String> OUT = Pipe.text("out");

  private static final int RECORDS = 100_000;
  private static final int TRACES = 2_000;
  private static final int DROPPED = 10_000;
  private static final int RETRIED = 1_000;
  private static final int BAD = 500;
  private static final int GOOD = RECORDS - 3 * TRACES - DROPPED - RETRIED - BAD;

  private final String input = TopicNames.unique("in");
  private final String output = TopicNames.unique("out");

  /** By what a value begins with; one output for each record that is written. */
  private static @Nullable String mixed(String text, AlgoContext context) {
    if (text.startsWith("bad") || (text.startsWith("again") && context.attempt() == 1)) {
      throw new IllegalStateException("this time it fails");
    }
    if (text.startsWith("part")) {
      context.gathered().forEach(record -> context.emit(OUT, "gathered"));
      return null;
    }
    return text.startsWith("drop") ? null : text;
  }

  @BeforeEach
  void topics(EmbeddedKafka kafka) {
    kafka.createTopic(input, PARTITIONS);
    kafka.createTopic(output, 2);
  }

  private AlgoRunner runner(EmbeddedKafka kafka) {
    Algo<String, String> algo = LedgerIT::mixed;
    return AlgoRunner.builder()
        .input(IN, algo, OUT)
        .environment(
            Map.of(
                "KAFKA_BROKERS",
                kafka.bootstrapServers(),
                "KAFKA_INPUT_TOPIC_IN",
                input,
                "KAFKA_OUTPUT_TOPIC_OUT",
                output,
                "ALGO_ORDERING",
                "key",
                "ALGO_RETRY_STRATEGY",
                "{\"strategy\":\"RetryTopics\",\"steps\":["
                    + "{\"index\":1,\"backoffDuration\":\"100ms\",\"repeat\":1}]}",
                "ALGO_METRICS_ADDRESS",
                "127.0.0.1"))
        .groupId(input)
        .metricsPort(0)
        .build();
  }

  private void produce(EmbeddedKafka kafka) {
    List<String> kinds = new ArrayList<>();
    Map.of("good", GOOD, "drop", DROPPED, "again", RETRIED, "bad", BAD)
        .forEach((kind, count) -> kinds.addAll(Collections.nCopies(count, kind)));
    Collections.shuffle(kinds, new Random(1));
    int between = kinds.size() / TRACES;
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      records.add(record(i, kinds.get(i) + i, null, false));
      if (i % between == 0 && i / between < TRACES) {
        for (int part = 0; part < 3; part++) {
          records.add(record(i, "part" + part, "trace-" + i, part == 2));
        }
      }
    }
    kafka.probe().produceAll(records);
  }

  private ProducerRecord<byte[], byte[]> record(
      int number, String value, @Nullable String trace, boolean trigger) {
    ProducerRecord<byte[], byte[]> record =
        KafkaProbe.record(input, number % PARTITIONS, "key-" + number % 1_000, value);
    if (trace != null) {
      record.headers().add("traceID", trace.getBytes(UTF_8));
      record.headers().add("run", String.valueOf(trigger).getBytes(UTF_8));
    }
    return record;
  }

  private static Scrape scrape(AlgoRunner runner) {
    return RunnerPort.of(runner).scrape();
  }

  private static double count(Scrape scrape, String outcome) {
    return scrape.value("algo_records_total", "outcome", outcome);
  }

  private static long size(EmbeddedKafka kafka, String topic) {
    return kafka.probe().endOffsets(topic).values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void aHundredThousandMixedRecordsAreCountedExactly(EmbeddedKafka kafka) {
    produce(kafka);
    assertThat(size(kafka, input)).isEqualTo(RECORDS);
    try (AlgoRunner runner = runner(kafka)) {
      runner.start();
      await("all of them")
          .atMost(PATIENCE)
          .until(
              () -> {
                Scrape now = scrape(runner);
                return now.value("algo_records_read_total") == RECORDS + RETRIED + BAD
                    && now.value("algo_records_in_flight") == 0;
              });
      Scrape scrape = scrape(runner);
      assertThat(count(scrape, "written")).isEqualTo(GOOD + RETRIED + 3 * TRACES);
      assertThat(count(scrape, "filtered")).isEqualTo(DROPPED);
      assertThat(count(scrape, "retried")).isEqualTo(RETRIED + BAD);
      assertThat(count(scrape, "dead-lettered")).isEqualTo(BAD);
      for (String none : List.of("parked", "released", "skipped")) {
        assertThat(count(scrape, none)).as(none).isZero();
      }
      assertThat(scrape.value("algorunner_retry_total", "step", "1", "repeat", "1"))
          .isEqualTo(RETRIED + BAD);
      assertThat(scrape.value("algorunner_algo_error")).isEqualTo(RETRIED + 2 * BAD);
      assertThat(size(kafka, output)).isEqualTo(GOOD + RETRIED + 3 * TRACES);
      awaitAccounted(runner);
    }
  }

  @Test
  void countsAreThoseOfTheTopicsWhilePartitionsComeAndGo(EmbeddedKafka kafka) throws Exception {
    produce(kafka);
    List<Scrape> ended = new ArrayList<>();
    try (AlgoRunner runner = runner(kafka)) {
      runner.start();
      for (int round = 0; round < 3; round++) {
        try (AlgoRunner other = runner(kafka)) {
          other.start();
          await("its part")
              .atMost(PATIENCE)
              .until(
                  () ->
                      scrape(other).value("algo_records_read_total") > 0
                          || size(kafka, output) >= GOOD + RETRIED + 3 * TRACES);
          // So that nothing happens behind the scrape that would not be counted here.
          assertThat(other.drain(PATIENCE)).isTrue();
          ended.add(scrape(other));
        }
      }
      await("all of them")
          .atMost(PATIENCE)
          .until(
              () -> {
                Scrape now = scrape(runner);
                return size(kafka, input + ".dlq") >= BAD
                    && size(kafka, output) >= GOOD + RETRIED + 3 * TRACES
                    && now.value("algo_records_in_flight") == 0
                    && kafka.probe().committedOffsets(input).values().stream()
                            .mapToLong(commit -> commit.offset())
                            .sum()
                        == RECORDS + size(kafka, input + ".100ms");
              });
      ended.add(scrape(runner));
      awaitAccounted(runner);
    }
    Map<String, Double> sums = new TreeMap<>();
    for (Scrape scrape : ended) {
      for (Scrape.Sample sample : scrape.of("algo_records_total")) {
        sums.merge(sample.labels().get("outcome"), sample.value(), Double::sum);
      }
      sums.merge("read", scrape.value("algo_records_read_total"), Double::sum);
      sums.merge("in flight", scrape.value("algo_records_in_flight"), Double::sum);
    }
    assertThat(sums.get("written")).isEqualTo((double) size(kafka, output));
    assertThat(sums.get("retried")).isEqualTo((double) size(kafka, input + ".100ms"));
    assertThat(sums.get("dead-lettered")).isEqualTo((double) size(kafka, input + ".dlq"));
    assertThat(sums.get("filtered")).isGreaterThanOrEqualTo(DROPPED);
    double outcomes =
        sums.entrySet().stream()
            .filter(sum -> !sum.getKey().equals("read") && !sum.getKey().equals("in flight"))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    // What the others still held for a trace when they had drained was released behind the scrape.
    assertThat(sums.get("read")).isEqualTo(outcomes + sums.get("in flight"));
  }

  /** Ten looks find nothing, and one could have. */
  private void awaitAccounted(AlgoRunner runner) {
    await("unaccounted")
        .during(Duration.ofSeconds(12))
        .atMost(PATIENCE)
        .until(() -> scrape(runner).value("algo_records_unaccounted") == 0);
  }
}
