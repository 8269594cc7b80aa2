package run.algo.sdk.kafka.internal.observe;

import static io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor.counter;
import static io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor.gauge;
import static io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor.histogram;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;

/**
 * Shows what the latest {@link RunnerView} tells, and what was asked of the file store.
 *
 * <p>The series are few whatever comes: one per input, and per partition for the lag alone, of at
 * most {@link #MOST_PARTITIONS} partitions of an input; what those beyond have is summed up, for
 * the seconds the largest is taken, as partition {@code other}. Nothing has a key or a trace as a
 * label.
 */
final class ViewCollector implements MultiCollector {

  /** Partitions of an input that have a series of their own. */
  static final int MOST_PARTITIONS = 256;

  private static final List<MetricFamilyDescriptor> FAMILIES = new ArrayList<>();

  private static final MetricFamilyDescriptor UNACCOUNTED =
      family(
          gauge("algo_records_unaccounted")
              .help("Records that the ledger has and no partition: 0, or a defect"));
  private static final MetricFamilyDescriptor LAG =
      family(gauge("algo_lag_records").help("Records from the first unsettled one to the end"));
  private static final MetricFamilyDescriptor LAG_SECONDS =
      family(gauge("algo_lag_seconds").help("Age of the first unsettled record, by its timestamp"));
  private static final MetricFamilyDescriptor OLDEST =
      family(gauge("algo_oldest_in_flight_seconds").help("Time since its read, of the oldest"));
  private static final MetricFamilyDescriptor ASSIGNED =
      family(gauge("algo_partitions_assigned").help("Partitions that are this runner's"));
  private static final MetricFamilyDescriptor HALTED =
      family(gauge("algo_partitions_halted").help("Partitions that are halted"));
  private static final MetricFamilyDescriptor STUCK =
      family(gauge("algo_partitions_stuck").help("Partitions without progress while work waits"));
  private static final MetricFamilyDescriptor RETRY_WAITING =
      family(gauge("algo_retry_waiting_records").help("Records that wait to be executed again"));
  private static final MetricFamilyDescriptor RETRY_LATE =
      family(gauge("algo_retry_late_seconds").help("How long the first due one has been due"));
  private static final MetricFamilyDescriptor PARKED_KEYS =
      family(gauge("algo_parked_keys").help("Keys that have parked records"));
  private static final MetricFamilyDescriptor PARKED_RECORDS =
      family(gauge("algo_parked_records").help("Parked records"));
  private static final MetricFamilyDescriptor PARKED_OLDEST =
      family(gauge("algo_parked_oldest_seconds").help("Time since the read of the oldest parked"));
  private static final MetricFamilyDescriptor MEMORY_USED =
      family(gauge("algo_memory_used_bytes").help("Bytes of what is in flight"));
  private static final MetricFamilyDescriptor MEMORY_BUDGET =
      family(gauge("algo_memory_budget_bytes").help("ALGO_MEMORY_BUDGET"));
  private static final MetricFamilyDescriptor RUNNING =
      family(gauge("algo_executions_running").help("Records that are executed"));
  private static final MetricFamilyDescriptor LIMIT =
      family(gauge("algo_executions_limit").help("ALGO_CONCURRENCY"));
  private static final MetricFamilyDescriptor OUTAGE =
      family(gauge("algo_outage").help("1 while ALGO_OUTAGE_FUSE is blown and records wait"));
  private static final MetricFamilyDescriptor COMMITS =
      family(counter("algo_commits").help("Commits by what became of them"));
  private static final MetricFamilyDescriptor COMMIT_AGE =
      family(gauge("algo_commit_age_seconds").help("How long settled records wait for a commit"));
  private static final MetricFamilyDescriptor REBALANCES =
      family(counter("algo_rebalances").help("How often partitions came and went"));
  private static final MetricFamilyDescriptor STORAGE =
      family(counter("algo_storage_requests").help("Operations of the file store"));
  private static final MetricFamilyDescriptor STORAGE_DURATION =
      family(histogram("algo_storage_request_duration_seconds").help("How long they took"));
  private static final MetricFamilyDescriptor CERTIFICATE =
      family(
          gauge("algo_certificate_expiry_timestamp_seconds")
              .help("When the first certificate of a file expires, in Unix time"));

  private final Supplier<RunnerView> views;
  private final Supplier<Map<String, Instant>> certificates;
  private final RunnerCounters counters;
  private final Labels labels;

  ViewCollector(
      Supplier<RunnerView> views,
      Supplier<Map<String, Instant>> certificates,
      RunnerCounters counters,
      Labels labels) {
    this.views = views;
    this.certificates = certificates;
    this.counters = counters;
    this.labels = labels;
  }

  private static MetricFamilyDescriptor family(MetricFamilyDescriptor.Builder<?> builder) {
    MetricFamilyDescriptor family = builder.build();
    FAMILIES.add(family);
    return family;
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return List.copyOf(FAMILIES);
  }

  @Override
  public MetricSnapshots collect() {
    RunnerView view = views.get();
    Map<String, List<PartitionView>> inputs = byInput(view);
    MetricSnapshots.Builder families = MetricSnapshots.builder();
    families.metricSnapshot(
        ofInputs(UNACCOUNTED, inputs, (input, all) -> view.unaccounted().getOrDefault(input, 0L)));
    families.metricSnapshot(lag(LAG, inputs, ViewCollector::records, true));
    families.metricSnapshot(lag(LAG_SECONDS, inputs, ViewCollector::seconds, false));
    families.metricSnapshot(
        most(OLDEST, inputs, p -> p.oldest().map(oldest -> oldest.seconds()).orElse(0.0)));
    families.metricSnapshot(sum(ASSIGNED, inputs, p -> 1));
    families.metricSnapshot(
        sum(HALTED, inputs, p -> p.state() == PartitionView.State.HALTED ? 1 : 0));
    families.metricSnapshot(sum(STUCK, inputs, p -> p.stuck() ? 1 : 0));
    families.metricSnapshot(
        sum(RETRY_WAITING, inputs, p -> p.waiting().records() + p.waiting().inPlace()));
    families.metricSnapshot(most(RETRY_LATE, inputs, p -> p.waiting().lateSeconds()));
    families.metricSnapshot(sum(PARKED_KEYS, inputs, p -> p.parked().keys()));
    families.metricSnapshot(sum(PARKED_RECORDS, inputs, p -> p.parked().records()));
    families.metricSnapshot(most(PARKED_OLDEST, inputs, p -> p.parked().oldestSeconds()));
    families.metricSnapshot(one(MEMORY_USED, (double) view.memory().used()));
    families.metricSnapshot(one(MEMORY_BUDGET, (double) view.memory().budget()));
    families.metricSnapshot(one(RUNNING, view.executions().running()));
    families.metricSnapshot(one(LIMIT, view.executions().most()));
    families.metricSnapshot(one(OUTAGE, counters.outage() ? 1 : 0));
    families.metricSnapshot(
        counts(
            COMMITS,
            "result",
            Map.of("confirmed", view.commits().confirmed(), "failed", view.commits().failed())));
    families.metricSnapshot(one(COMMIT_AGE, view.commits().ageSeconds()));
    families.metricSnapshot(
        counts(
            REBALANCES,
            "event",
            Map.of(
                "assigned", view.rebalances().assigned(),
                "revoked", view.rebalances().revoked(),
                "lost", view.rebalances().lost())));
    storage(families);
    families.metricSnapshot(certificates());
    return families.build();
  }

  /** Every input is there, also those whose partitions are all another's. */
  private Map<String, List<PartitionView>> byInput(RunnerView view) {
    Map<String, List<PartitionView>> inputs = new LinkedHashMap<>();
    counters.inputs().forEach(input -> inputs.put(input.input(), new ArrayList<>()));
    for (PartitionView partition : view.partitions()) {
      inputs.computeIfAbsent(partition.input(), input -> new ArrayList<>()).add(partition);
    }
    return inputs;
  }

  /** A number of an input. */
  private interface OfInput {
    double of(String input, List<PartitionView> partitions);
  }

  private GaugeSnapshot ofInputs(
      MetricFamilyDescriptor family, Map<String, List<PartitionView>> inputs, OfInput value) {
    List<GaugeDataPointSnapshot> points = new ArrayList<>();
    inputs.forEach(
        (input, partitions) ->
            points.add(Points.gauge(value.of(input, partitions), labels.add("input", input))));
    return new GaugeSnapshot(family.getMetadata(), points);
  }

  private GaugeSnapshot sum(
      MetricFamilyDescriptor family,
      Map<String, List<PartitionView>> inputs,
      ToDoubleFunction<PartitionView> value) {
    return ofInputs(family, inputs, (input, all) -> all.stream().mapToDouble(value).sum());
  }

  private GaugeSnapshot most(
      MetricFamilyDescriptor family,
      Map<String, List<PartitionView>> inputs,
      ToDoubleFunction<PartitionView> value) {
    return ofInputs(
        family, inputs, (input, all) -> all.stream().mapToDouble(value).max().orElse(0));
  }

  private static OptionalDouble records(PartitionView partition) {
    return partition.lag().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) partition.lag().getAsLong());
  }

  private static OptionalDouble seconds(PartitionView partition) {
    return partition.lag().isEmpty() && partition.lagSeconds() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(partition.lagSeconds());
  }

  private GaugeSnapshot lag(
      MetricFamilyDescriptor family,
      Map<String, List<PartitionView>> inputs,
      Function<PartitionView, OptionalDouble> value,
      boolean adds) {
    List<GaugeDataPointSnapshot> points = new ArrayList<>();
    inputs.forEach(
        (input, partitions) -> {
          Map<String, Double> others = new TreeMap<>();
          for (int i = 0; i < partitions.size(); i++) {
            PartitionView partition = partitions.get(i);
            OptionalDouble known = value.apply(partition);
            if (known.isEmpty()) {
              continue; // 0 would say that there is none
            }
            double number = known.getAsDouble();
            if (i < MOST_PARTITIONS) {
              points.add(
                  Points.gauge(
                      number,
                      ofPartition(
                          input, partition.topic(), Integer.toString(partition.partition()))));
            } else {
              others.merge(partition.topic(), number, adds ? Double::sum : Math::max);
            }
          }
          others.forEach(
              (topic, number) ->
                  points.add(Points.gauge(number, ofPartition(input, topic, "other"))));
        });
    return new GaugeSnapshot(family.getMetadata(), points);
  }

  private Labels ofPartition(String input, String topic, String partition) {
    return labels.add("input", input).add("topic", topic).add("partition", partition);
  }

  private GaugeSnapshot one(MetricFamilyDescriptor family, double value) {
    return new GaugeSnapshot(family.getMetadata(), List.of(Points.gauge(value, labels)));
  }

  private CounterSnapshot counts(
      MetricFamilyDescriptor family, String label, Map<String, Long> counts) {
    List<CounterDataPointSnapshot> points = new ArrayList<>();
    counts.forEach((name, count) -> points.add(Points.counter(count, labels.add(label, name))));
    return new CounterSnapshot(family.getMetadata(), points);
  }

  private void storage(MetricSnapshots.Builder families) {
    List<CounterDataPointSnapshot> requests = new ArrayList<>();
    List<HistogramDataPointSnapshot> durations = new ArrayList<>();
    for (StorageCounters.Counts counts : counters.storage().all()) {
      Labels of = labels.add("operation", counts.operation().name().toLowerCase(Locale.ROOT));
      requests.add(Points.counter(counts.ok(), of.add("result", "ok")));
      requests.add(Points.counter(counts.failed(), of.add("result", "error")));
      durations.add(Points.histogram(List.of(counts.durations()), of));
    }
    families.metricSnapshot(new CounterSnapshot(STORAGE.getMetadata(), requests));
    families.metricSnapshot(new HistogramSnapshot(STORAGE_DURATION.getMetadata(), durations));
  }

  private GaugeSnapshot certificates() {
    Function<Map.Entry<String, Instant>, GaugeDataPointSnapshot> expiry =
        entry ->
            Points.gauge(
                (double) entry.getValue().getEpochSecond(),
                labels.add("certificate", entry.getKey()));
    return new GaugeSnapshot(
        CERTIFICATE.getMetadata(), certificates.get().entrySet().stream().map(expiry).toList());
  }
}
