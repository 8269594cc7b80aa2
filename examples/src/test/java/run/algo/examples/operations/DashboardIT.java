package run.algo.examples.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import run.algo.examples.uppercase.Uppercase;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/** Every query of dashboard, alerts and guide asks for what a runner shows. */
class DashboardIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Every target has these: Prometheus adds them. */
  private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

  /** What a runner shows only when it has happened, or is set up so: the document describes it. */
  private static final Set<String> NOT_ALWAYS =
      Set.of(
          "algorunner_retry_total",
          "algo_certificate_expiry_timestamp_seconds",
          "algo_storage_requests_total",
          "algo_storage_request_duration_seconds_bucket");

  private static final MetricTable table = new MetricTable();
  private static final Map<String, Integer> statuses = new TreeMap<>();
  private static Scraped scraped;

  @BeforeAll
  static void scrape() {
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().topic("in", 2).topic("out", 1).start();
        AlgoRunner runner =
            AlgoRunner.builder(new Uppercase())
                .environment(
                    Map.of(
                        "KAFKA_BROKERS",
                        kafka.bootstrapServers(),
                        "KAFKA_INPUT_TOPIC_IN",
                        "in",
                        "KAFKA_OUTPUT_TOPIC_OUT",
                        "out",
                        "ALGO_GROUP_ID",
                        "algorun-dashboard",
                        "ALGO_METRICS_ADDRESS",
                        "127.0.0.1",
                        "ALGO_METRICS_PORT",
                        "0"))
                .build()) {
      runner.start();
      kafka.probe().produceAll("in", List.of("one", "two"));
      System.gc(); // pauses have no series before the first
      URI uri = URI.create("http://127.0.0.1:" + runner.metricsPort().orElseThrow() + "/metrics");
      HttpClient client = HttpClient.newHttpClient();
      for (String path : deployedPaths()) {
        statuses.put(path, get(client, uri.resolve(path)).statusCode());
      }
      Set<String> wanted = new TreeSet<>();
      metrics().forEach(used -> wanted.add(used.metric().name()));
      wanted.removeAll(NOT_ALWAYS);
      // Some come with the first assignment, request, record or collection. What does not come at
      // all is for the tests to say.
      long end = System.nanoTime() + PATIENCE.toNanos();
      await("series")
          .atMost(PATIENCE.multipliedBy(2))
          .until(
              () -> {
                scraped = new Scraped(get(client, uri).body());
                return wanted.stream().allMatch(name -> scraped.labels(name).isPresent())
                    || System.nanoTime() - end > 0;
              });
    }
  }

  @AfterAll
  static void forget() {
    scraped = null;
  }

  private static HttpResponse<String> get(HttpClient client, URI uri) {
    try {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the files of examples/deploy have probed and scraped. */
  private static Set<String> deployedPaths() {
    Set<String> paths = new TreeSet<>();
    for (String file : List.of("deployment", "podmonitor")) {
      paths.addAll(
          Project.found(Project.read("examples/deploy/" + file + ".yaml"), "\\bpath: (/\\S+)"));
    }
    return paths;
  }

  @Test
  void everyPathThatIsProbedOrScrapedIsServed() {
    assertThat(statuses).containsOnlyKeys("/health", "/metrics", "/ready");
    assertThat(statuses).containsEntry("/health", 200).containsEntry("/metrics", 200);
    assertThat(statuses.get("/ready")).isIn(200, 500); // it may not have been assigned yet
  }

  /** A metric of a query. */
  private record Used(Queries.Query query, PromQuery.Metric metric) {}

  private static Stream<Used> metrics() {
    return Queries.all().stream()
        .flatMap(
            query ->
                PromQuery.parse(query.expression()).metrics().stream()
                    .map(metric -> new Used(query, metric)));
  }

  private static Optional<Set<String>> labels(String metric) {
    Optional<Set<String>> shown = scraped.labels(metric).map(Map::keySet);
    return shown.isPresent() ? shown : table.labels(metric);
  }

  private static Set<String> missing(Set<String> wanted, String metric) {
    Set<String> missing = new TreeSet<>(wanted);
    labels(metric).ifPresent(missing::removeAll);
    missing.removeAll(OF_PROMETHEUS);
    return missing;
  }

  @Test
  void everyMetricIsScraped() {
    List<String> unknown = new ArrayList<>();
    metrics()
        .forEach(
            used -> {
              String name = used.metric().name();
              boolean described = NOT_ALWAYS.contains(name);
              if (scraped.labels(name).isEmpty()
                  && !(described && table.labels(name).isPresent())) {
                unknown.add(used.query().where() + ": " + name);
              }
            });
    assertThat(unknown).isEmpty();
  }

  @Test
  void everyMatcherIsOfALabelThatTheSeriesHasAndOfAValueThatThereIs() {
    List<String> wrong = new ArrayList<>();
    metrics()
        .forEach(
            used -> {
              PromQuery.Metric metric = used.metric();
              missing(metric.matchers().keySet(), metric.name())
                  .forEach(label -> wrong.add(used.query().where() + ": " + metric + " " + label));
              metric
                  .matchers()
                  .forEach(
                      (label, match) -> {
                        if (!match.value().startsWith("$") && !isValue(metric, label, match)) {
                          wrong.add(used.query().where() + ": " + label + " " + match.value());
                        }
                      });
            });
    assertThat(wrong).isEmpty();
  }

  private static boolean isValue(PromQuery.Metric metric, String label, PromQuery.Match match) {
    return match.operator().equals("=")
        && (scraped
                .labels(metric.name())
                .map(labels -> labels.getOrDefault(label, Set.of()).contains(match.value()))
                .orElse(false)
            || table.knowsValue(match.value()));
  }

  @Test
  void everyLabelThatIsGroupedByOrShownIsOneOfTheSeries() {
    List<String> wrong = new ArrayList<>();
    for (Queries.Query query : Queries.all()) {
      PromQuery parsed = PromQuery.parse(query.expression());
      for (PromQuery.Grouping grouping : parsed.groupings()) {
        for (PromQuery.Metric metric : grouping.metrics()) {
          missing(grouping.labels(), metric.name())
              .forEach(label -> wrong.add(query.where() + ": by " + label + " of " + metric));
        }
      }
      Set<String> shown = new TreeSet<>(query.shown());
      if (parsed.groupings().isEmpty()) {
        parsed
            .metrics()
            .forEach(
                metric ->
                    missing(shown, metric.name())
                        .forEach(label -> wrong.add(query.where() + ": shows " + label)));
      } else {
        shown.removeAll(parsed.resultLabels());
        shown.forEach(label -> wrong.add(query.where() + ": shows " + label));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void ratesAreOfWhatCountsUp() {
    assertThat(metrics())
        .filteredOn(used -> Set.of("rate", "increase").contains(used.metric().function()))
        .isNotEmpty()
        .noneMatch(used -> scraped.isGauge(used.metric().name()))
        .allMatch(
            used -> used.metric().name().matches(".*_(total|bucket|sum|count|error)"), "counts up");
    assertThat(metrics())
        .filteredOn(used -> used.metric().function().equals("deriv"))
        .isNotEmpty()
        .noneMatch(used -> used.metric().name().endsWith("_total"));
  }
}
