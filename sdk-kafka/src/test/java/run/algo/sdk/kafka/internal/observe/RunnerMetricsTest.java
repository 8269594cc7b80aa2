package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.observe.StorageCounters.Operation;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.record.Outcome;

class RunnerMetricsTest {

  private static final DeploymentIdentity IDENTITY =
      new DeploymentIdentity("ann", "production", "ben", "texts", "cleo", "uppercase", "1.2.3", 4);

  private static final Map<String, String> LABELS =
      Map.of(
          "deployment", "ann/production",
          "pipeline", "ben/texts",
          "component", "algo",
          "name", "cleo/uppercase",
          "version", "1.2.3",
          "index", "4");

  private static final Set<String> L = LABELS.keySet();

  /** Section 7 of the protocol: type and labels by the name of a sample's family. */
  private static final Map<String, Family> TABLE =
      Map.ofEntries(
          Map.entry("algorunner_run_duration_seconds", new Family("histogram", with())),
          Map.entry("algorunner_algo_duration_seconds", new Family("histogram", with())),
          Map.entry(
              "algorunner_msg_bytes_input_total", new Family("counter", with("input", "status"))),
          Map.entry(
              "algorunner_data_bytes_input_total", new Family("counter", with("input", "status"))),
          Map.entry(
              "algorunner_msg_bytes_output_total", new Family("counter", with("output", "status"))),
          Map.entry(
              "algorunner_data_bytes_output_total",
              new Family("counter", with("output", "status"))),
          Map.entry("algorunner_retry_total", new Family("counter", with("step", "repeat"))),
          Map.entry("algorunner_dlq_total", new Family("counter", with())),
          Map.entry("algorunner_algo_error", new Family("untyped", with())),
          Map.entry("algorunner_runner_error", new Family("untyped", with())),
          Map.entry("algo_records_read_total", new Family("counter", with("input"))),
          Map.entry("algo_records_total", new Family("counter", with("input", "outcome"))),
          Map.entry("algo_records_in_flight", new Family("gauge", with("input"))),
          Map.entry("algo_executions_abandoned", new Family("gauge", with())),
          Map.entry("algo_transactions_total", new Family("counter", with("result"))),
          Map.entry("algo_producers_replaced_total", new Family("counter", with())),
          Map.entry("algo_records_unaccounted", new Family("gauge", with("input"))),
          Map.entry("algo_lag_records", new Family("gauge", with("input", "topic", "partition"))),
          Map.entry("algo_lag_seconds", new Family("gauge", with("input", "topic", "partition"))),
          Map.entry("algo_oldest_in_flight_seconds", new Family("gauge", with("input"))),
          Map.entry("algo_partitions_assigned", new Family("gauge", with("input"))),
          Map.entry("algo_partitions_halted", new Family("gauge", with("input"))),
          Map.entry("algo_partitions_stuck", new Family("gauge", with("input"))),
          Map.entry("algo_retry_waiting_records", new Family("gauge", with("input"))),
          Map.entry("algo_retry_late_seconds", new Family("gauge", with("input"))),
          Map.entry("algo_parked_keys", new Family("gauge", with("input"))),
          Map.entry("algo_parked_records", new Family("gauge", with("input"))),
          Map.entry("algo_parked_oldest_seconds", new Family("gauge", with("input"))),
          Map.entry("algo_memory_used_bytes", new Family("gauge", with())),
          Map.entry("algo_memory_budget_bytes", new Family("gauge", with())),
          Map.entry("algo_executions_running", new Family("gauge", with())),
          Map.entry("algo_outage", new Family("gauge", with())),
          Map.entry("algo_executions_limit", new Family("gauge", with())),
          Map.entry("algo_commits_total", new Family("counter", with("result"))),
          Map.entry("algo_commit_age_seconds", new Family("gauge", with())),
          Map.entry("algo_rebalances_total", new Family("counter", with("event"))),
          Map.entry(
              "algo_storage_requests_total", new Family("counter", with("operation", "result"))),
          Map.entry(
              "algo_storage_request_duration_seconds", new Family("histogram", with("operation"))),
          Map.entry(
              "algo_certificate_expiry_timestamp_seconds",
              new Family("gauge", with("certificate"))));

  private record Family(String type, Set<String> labels) {}

  private final RunnerCounters counters =
      new RunnerCounters(List.of("Left", "right"), List.of("Result"));
  private final MeterRegistry authors = new SimpleMeterRegistry();
  private RunnerView view = Views.of(Views.partition("left", "l", 0));
  private final RunnerMetrics metrics =
      new RunnerMetrics(
          IDENTITY,
          counters,
          new RunnerMetrics.Sources(
              () -> view, () -> Map.of("ca", Instant.ofEpochSecond(1_800_000_000))),
          Optional.of(authors));

  @AfterEach
  void close() {
    metrics.close();
  }

  private static Set<String> with(String... labels) {
    Set<String> all = new HashSet<>(L);
    all.addAll(List.of(labels));
    return all;
  }

  private String text(String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      metrics.scrape(out, format);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString(UTF_8);
  }

  private Scrape scrape() {
    return new Scrape(text(RunnerMetrics.TEXT));
  }

  /** The families of the runner in a scrape, with the labels of their samples. */
  private static Map<String, Family> families(Scrape scrape) {
    Map<String, Family> families = new TreeMap<>();
    scrape.types.forEach(
        (name, type) -> {
          boolean histogram = type.equals("histogram");
          Set<Set<String>> labels =
              scrape.samples.stream()
                  .filter(sample -> sample.name().equals(histogram ? name + "_count" : name))
                  .map(sample -> Set.copyOf(sample.labels().keySet()))
                  .collect(Collectors.toSet());
          assertThat(labels).as("label sets of %s", name).hasSize(1);
          families.put(name, new Family(type, labels.iterator().next()));
        });
    return families;
  }

  @Test
  void namesTypesAndLabelsAreThoseOfTheProtocolAndNoOthers() {
    counters.retried(1, 2);
    Scrape scrape = scrape();

    assertThat(families(scrape)).isEqualTo(new TreeMap<>(TABLE));
    Set<String> names = new TreeSet<>();
    TABLE.forEach(
        (name, family) -> {
          if (family.type().equals("histogram")) {
            names.addAll(List.of(name + "_bucket", name + "_count", name + "_sum"));
          } else {
            names.add(name);
          }
        });
    assertThat(scrape.samples).extracting(Scrape.Sample::name).hasSameElementsAs(names);
    assertThat(scrape.samples)
        .allSatisfy(sample -> assertThat(sample.labels()).containsAllEntriesOf(LABELS));
  }

  /** Whatever is in the tables in words, by label; histograms' bounds have a test of their own. */
  private static final Map<String, Map<String, Set<String>>> VALUES =
      Map.of(
          "algorunner_msg_bytes_input_total", Map.of("status", Set.of("ok", "error")),
          "algorunner_data_bytes_input_total", Map.of("status", Set.of("ok", "error")),
          "algorunner_msg_bytes_output_total", Map.of("status", Set.of("ok", "retry")),
          "algorunner_data_bytes_output_total", Map.of("status", Set.of("ok", "retry")),
          "algo_records_total",
              Map.of(
                  "outcome",
                  Set.of(
                      "written",
                      "filtered",
                      "retried",
                      "parked",
                      "dead-lettered",
                      "released",
                      "skipped")),
          "algo_transactions_total", Map.of("result", Set.of("committed", "aborted")),
          "algo_commits_total", Map.of("result", Set.of("confirmed", "failed")),
          "algo_rebalances_total", Map.of("event", Set.of("assigned", "revoked", "lost")),
          "algo_storage_requests_total",
              Map.of(
                  "operation", Set.of("read", "write", "upload"), "result", Set.of("ok", "error")),
          "algo_storage_request_duration_seconds_count",
              Map.of("operation", Set.of("read", "write", "upload")));

  @Test
  void labelsHaveTheValuesOfTheProtocolAndNoOthers() {
    Map<String, Map<String, Set<String>>> found = new TreeMap<>();
    Set<String> open = Set.of("input", "output", "topic", "partition", "certificate", "le");
    for (Scrape.Sample sample : scrape().samples) {
      if (sample.name().matches(".*_(bucket|sum)")) {
        continue;
      }
      sample
          .labels()
          .forEach(
              (label, value) -> {
                if (!L.contains(label) && !open.contains(label)) {
                  found
                      .computeIfAbsent(sample.name(), name -> new TreeMap<>())
                      .computeIfAbsent(label, name -> new TreeSet<>())
                      .add(value);
                }
              });
    }
    assertThat(found).isEqualTo(VALUES);
  }

  @Test
  void errorsAreOfTypeUnknownInOpenMetricsAndHaveNoTwin() {
    String text = text(RunnerMetrics.OPEN_METRICS);

    assertThat(text)
        .contains("# TYPE algorunner_algo_error unknown", "# TYPE algorunner_runner_error unknown")
        .contains("\nalgorunner_algo_error{", "\nalgorunner_runner_error{")
        .endsWith("# EOF\n");
    assertThat(text).doesNotContain("_error_total");
    assertThat(text(RunnerMetrics.TEXT)).doesNotContain("_error_total");
  }

  @Test
  void theDocumentedTableIsTheScrape() throws IOException {
    counters.retried(1, 1);
    Map<String, Family> documented = new TreeMap<>();
    Path page = Path.of(System.getProperty("project.root"), "docs", "metrics.md");
    for (String line : Files.readAllLines(page)) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 6 && cells[1].strip().startsWith("`algo")) {
        Set<String> labels = new HashSet<>();
        for (String label : cells[3].split(",", -1)) {
          if (label.strip().equals("L")) {
            labels.addAll(L);
          } else {
            labels.add(label.strip().replace("`", ""));
          }
        }
        String type = cells[2].strip().equals("unknown") ? "untyped" : cells[2].strip();
        documented.put(cells[1].strip().replace("`", ""), new Family(type, labels));
      }
    }
    assertThat(documented).isEqualTo(families(scrape()));
  }

  @Test
  void bucketsAreThoseOfTheProtocol() {
    InputCounters input = counters.input("left");
    input.executed(TimeUnit.MILLISECONDS.toNanos(5)); // at a bound: within it
    input.executed(TimeUnit.MILLISECONDS.toNanos(5) + 1);
    input.executed(TimeUnit.SECONDS.toNanos(31));
    counters.input("right").executed(TimeUnit.SECONDS.toNanos(2));
    counters.input("right").settled(Outcome.FILTERED, 1, 1, TimeUnit.SECONDS.toNanos(8));

    Scrape scrape = scrape();

    for (String name :
        List.of("algorunner_run_duration_seconds", "algorunner_algo_duration_seconds")) {
      assertThat(scrape.of(name + "_bucket"))
          .extracting(bucket -> bucket.labels().get("le"))
          .containsExactly(
              "0.005", "0.05", "0.25", "1.0", "2.5", "5.0", "7.5", "10.0", "20.0", "30.0", "+Inf");
    }
    assertThat(scrape.of("algorunner_algo_duration_seconds_bucket"))
        .extracting(Scrape.Sample::value)
        .containsExactly(1., 2., 2., 2., 3., 3., 3., 3., 3., 3., 4.);
    assertThat(scrape.value("algorunner_algo_duration_seconds_count")).isEqualTo(4);
    assertThat(scrape.value("algorunner_algo_duration_seconds_sum")).isEqualTo(33.010000001);
    assertThat(scrape.value("algorunner_run_duration_seconds_bucket", "le", "7.5")).isZero();
    assertThat(scrape.value("algorunner_run_duration_seconds_bucket", "le", "10.0")).isEqualTo(1);
    assertThat(scrape.value("algorunner_run_duration_seconds_sum")).isEqualTo(8);
  }

  @Test
  void bytesCountByStatusOnceTheOutcomeIsKnown() {
    InputCounters left = counters.input("LEFT");
    left.read(7);
    left.settled(Outcome.WRITTEN, 10, 110, 1);
    left.settled(Outcome.FILTERED, 1, 1, 1);
    left.settled(Outcome.RETRIED, 20, 20, 1);
    left.settled(Outcome.DEAD_LETTERED, 3, 30, 1);
    left.settled(Outcome.PARKED, 1000, 1000, 1);
    left.settled(Outcome.RELEASED, 1);
    left.parkedForRetry(6);
    left.writtenToRetry(20);
    counters.output("result").written(40, 50);

    Scrape scrape = scrape();

    String in = "algorunner_msg_bytes_input_total";
    assertThat(scrape.value(in, "input", "left", "status", "ok")).isEqualTo(11);
    assertThat(scrape.value(in, "input", "left", "status", "error")).isEqualTo(29);
    assertThat(scrape.value(in, "input", "right", "status", "ok")).isZero();
    String data = "algorunner_data_bytes_input_total";
    assertThat(scrape.value(data, "input", "left", "status", "ok")).isEqualTo(111);
    assertThat(scrape.value(data, "input", "left", "status", "error")).isEqualTo(56);
    for (String out :
        List.of("algorunner_msg_bytes_output_total", "algorunner_data_bytes_output_total")) {
      assertThat(scrape.value(out, "output", "", "status", "retry")).isEqualTo(26);
    }
    assertThat(
            scrape.value("algorunner_msg_bytes_output_total", "output", "result", "status", "ok"))
        .isEqualTo(40);
    assertThat(
            scrape.value("algorunner_data_bytes_output_total", "output", "result", "status", "ok"))
        .isEqualTo(50);
    assertThat(scrape.value("algorunner_run_duration_seconds_count")).isEqualTo(4);
    assertThat(scrape.value("algorunner_dlq_total")).isEqualTo(1);
  }

  @Test
  void theLedgerNamesEveryOutcomeAndAddsUp() {
    InputCounters left = counters.input("left");
    left.read(20);
    for (Outcome outcome : Outcome.values()) {
      left.settled(outcome, 2);
    }

    Scrape scrape = scrape();

    assertThat(scrape.value("algo_records_read_total", "input", "left")).isEqualTo(20);
    for (String outcome :
        List.of(
            "written", "filtered", "retried", "parked", "dead-lettered", "released", "skipped")) {
      assertThat(scrape.value("algo_records_total", "input", "left", "outcome", outcome))
          .isEqualTo(2);
    }
    assertThat(scrape.of("algo_records_total")).hasSize(14);
    assertThat(scrape.value("algo_records_in_flight", "input", "left")).isEqualTo(6);
  }

  @Test
  void errorsAreSummedOverInputs() {
    counters.input("left").algoError();
    counters.input("right").algoError();
    counters.input("right").runnerError();

    Scrape scrape = scrape();

    assertThat(scrape.value("algorunner_algo_error")).isEqualTo(2);
    assertThat(scrape.value("algorunner_runner_error")).isEqualTo(1);
  }

  @Test
  void retriesHaveASeriesForEachTryThatHappened() {
    assertThat(scrape().of("algorunner_retry_total")).isEmpty();

    counters.retried(1, 1);
    counters.retried(1, 2);
    counters.retried(1, 2);

    assertThat(scrape().of("algorunner_retry_total")).hasSize(2);
    assertThat(scrape().value("algorunner_retry_total", "step", "1", "repeat", "2")).isEqualTo(2);
  }

  @Test
  void anAlgoWithoutADeploymentHasEmptyLabels() throws IOException {
    DeploymentIdentity none = new DeploymentIdentity("", "", "", "", "", "", "", 0);
    try (RunnerMetrics plain =
        new RunnerMetrics(
            none,
            new RunnerCounters(List.of("in"), List.of()),
            RunnerMetrics.Sources.NONE,
            Optional.empty())) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      plain.scrape(out, RunnerMetrics.TEXT);
      assertThat(new Scrape(out.toString(UTF_8)).of("algorunner_dlq_total").get(0).labels())
          .isEqualTo(
              Map.of(
                  "deployment", "",
                  "pipeline", "",
                  "component", "algo",
                  "name", "",
                  "version", "",
                  "index", "0"));
    }
  }

  @Test
  void theAuthorsRegistryShowsTheSameUntilClose() {
    metrics.start();
    InputCounters left = counters.input("left");
    left.read(3);
    left.settled(Outcome.WRITTEN, 10, 12, TimeUnit.MILLISECONDS.toNanos(250));
    left.settled(Outcome.DEAD_LETTERED, 5, 5, TimeUnit.MILLISECONDS.toNanos(250));
    counters.output("result").written(7, 8);

    assertThat(
            authors
                .get("algorunner.msg.bytes.input")
                .tags("input", "left", "status", "ok", "name", "cleo/uppercase")
                .functionCounter()
                .count())
        .isEqualTo(10);
    assertThat(
            authors
                .get("algorunner.data.bytes.output")
                .tags("output", "result")
                .functionCounter()
                .count())
        .isEqualTo(8);
    assertThat(authors.get("algorunner.run.duration").functionTimer().count()).isEqualTo(2);
    assertThat(authors.get("algorunner.run.duration").functionTimer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(0.5);
    assertThat(authors.get("algorunner.dlq").functionCounter().count()).isEqualTo(1);
    left.writtenToRetry(9);
    for (String name : List.of("algorunner.msg.bytes.output", "algorunner.data.bytes.output")) {
      assertThat(authors.get(name).tags("status", "retry").functionCounter().count()).isEqualTo(9);
    }
    assertThat(authors.get("algo.records.in.flight").tags("input", "left").gauge().value())
        .isEqualTo(1);

    metrics.close();
    assertThat(authors.getMeters()).isEmpty();
    assertThat(authors.isClosed()).isFalse();
  }

  @Test
  void clientMetricsGoToThePortAndToTheAuthorsRegistryUntilClose() {
    try (MockProducer<byte[], byte[]> producer =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Metric metric :
          List.of(
              ClientMetrics.metric(
                  "record-send-total", "producer-metrics", Map.of("client-id", "one"), 42),
              // names the client's version, which Micrometer looks for
              ClientMetrics.metric("version", "app-info", Map.of("client-id", "one"), "4"))) {
        producer.setMockMetrics(metric.metricName(), metric);
      }

      metrics.start();
      metrics.bind(producer, "producer");

      assertThat(scrape().value("kafka_producer_record_send_total", "client_id", "one"))
          .isEqualTo(42);
      assertThat(authors.find("kafka.producer.record.send.total").meter()).isNotNull();
      metrics.close();
      assertThat(authors.find("kafka.producer.record.send.total").meter()).isNull();
    }
  }

  @Test
  void theJvmIsShownAtThePortAndNotInTheAuthorsRegistry() {
    metrics.start();

    assertThat(scrape().of("jvm_memory_used_bytes")).isNotEmpty();
    assertThat(scrape().of("jvm_gc_memory_allocated_bytes_total")).hasSize(1);
    assertThat(scrape().of("process_uptime_seconds")).hasSize(1);
    assertThat(authors.find("jvm.memory.used").meters()).isEmpty();
  }

  @Test
  void whatThePartitionsTellIsAddedUpOrTheMostOfIt() {
    view =
        Views.of(
            Views.partition("left", "l", 0),
            Views.halted("left", "l", 1),
            Views.stuck("left", "l.retry", 0));
    Scrape scrape = scrape();
    assertThat(scrape.value("algo_partitions_assigned", "input", "left")).isEqualTo(3);
    assertThat(scrape.value("algo_partitions_assigned", "input", "right")).isZero();
    assertThat(scrape.value("algo_partitions_halted", "input", "left")).isEqualTo(1);
    assertThat(scrape.value("algo_partitions_stuck", "input", "left")).isEqualTo(1);
    assertThat(scrape.value("algo_oldest_in_flight_seconds", "input", "left")).isEqualTo(400);
    assertThat(scrape.value("algo_retry_waiting_records", "input", "left")).isEqualTo(9);
    assertThat(scrape.value("algo_retry_late_seconds", "input", "left")).isEqualTo(2.5);
    assertThat(scrape.value("algo_parked_keys", "input", "left")).isEqualTo(6);
    assertThat(scrape.value("algo_parked_records", "input", "left")).isEqualTo(12);
    assertThat(scrape.value("algo_parked_oldest_seconds", "input", "left")).isEqualTo(60);
    assertThat(scrape.value("algo_lag_records", "topic", "l", "partition", "1")).isEqualTo(5);
    assertThat(scrape.value("algo_lag_seconds", "topic", "l", "partition", "0")).isEqualTo(1.5);
    assertThat(scrape.value("algo_certificate_expiry_timestamp_seconds", "certificate", "ca"))
        .isEqualTo(1_800_000_000);
  }

  @Test
  void aThousandPartitionsAreFewSeries() {
    view =
        Views.of(
            IntStream.range(0, 1_000)
                .mapToObj(number -> Views.partition("left", "l", number))
                .toArray(PartitionView[]::new));
    Scrape scrape = scrape();
    assertThat(scrape.of("algo_lag_records")).hasSize(ViewCollector.MOST_PARTITIONS + 1);
    assertThat(scrape.value("algo_lag_records", "partition", "other"))
        .isEqualTo(5. * (1_000 - ViewCollector.MOST_PARTITIONS));
    assertThat(scrape.value("algo_lag_seconds", "partition", "other")).isEqualTo(1.5);
  }

  @Test
  void whatIsAskedOfTheStoreIsCounted() {
    counters.storage().ended(Operation.READ, true, TimeUnit.MILLISECONDS.toNanos(40));
    counters.storage().ended(Operation.READ, false, TimeUnit.SECONDS.toNanos(2));
    Scrape scrape = scrape();
    assertThat(scrape.value("algo_storage_requests_total", "operation", "read", "result", "error"))
        .isEqualTo(1);
    assertThat(scrape.value("algo_storage_request_duration_seconds_count", "operation", "read"))
        .isEqualTo(2);
    assertThat(scrape.value("algo_storage_request_duration_seconds_sum", "operation", "read"))
        .isEqualTo(2.04);
  }
}
