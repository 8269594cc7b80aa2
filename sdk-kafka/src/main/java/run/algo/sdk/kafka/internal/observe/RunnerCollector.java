package run.algo.sdk.kafka.internal.observe;

import static io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor.counter;
import static io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor.gauge;
import static io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor.histogram;
import static io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor.unknown;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Shows a runner's counters under the names that dashboards query.
 *
 * <p>It speaks to the Prometheus client itself rather than through Micrometer's meters: two of the
 * names are counters without {@code _total}, which a meter cannot have, and the histograms keep
 * their own buckets, which a meter would fill by a Timer per record. All families come from one
 * pass, so within a scrape the ledger always adds up.
 */
final class RunnerCollector implements MultiCollector {

  private static final MetricFamilyDescriptor RUN_DURATION =
      histogram("algorunner_run_duration_seconds")
          .help("Time from the read of a record to its outcome")
          .build();
  private static final MetricFamilyDescriptor ALGO_DURATION =
      histogram("algorunner_algo_duration_seconds").help("Time of the Algo alone").build();
  private static final MetricFamilyDescriptor MESSAGE_INPUT =
      counter("algorunner_msg_bytes_input").help("Bytes of record values read").build();
  private static final MetricFamilyDescriptor DATA_INPUT =
      counter("algorunner_data_bytes_input")
          .help("Bytes of payloads read, referenced files included")
          .build();
  private static final MetricFamilyDescriptor MESSAGE_OUTPUT =
      counter("algorunner_msg_bytes_output").help("Bytes of record values written").build();
  private static final MetricFamilyDescriptor DATA_OUTPUT =
      counter("algorunner_data_bytes_output")
          .help("Bytes of payloads written, referenced files included")
          .build();
  private static final MetricFamilyDescriptor RETRIES =
      counter("algorunner_retry").help("Records handed to a retry").build();
  private static final MetricFamilyDescriptor DEAD_LETTERS =
      counter("algorunner_dlq").help("Records written to the dead letters").build();
  private static final MetricFamilyDescriptor ALGO_ERROR =
      unknown("algorunner_algo_error").help("Errors of the Algo").build();
  private static final MetricFamilyDescriptor RUNNER_ERROR =
      unknown("algorunner_runner_error").help("Errors of the SDK").build();
  private static final MetricFamilyDescriptor RECORDS_READ =
      counter("algo_records_read").help("Records read").build();
  private static final MetricFamilyDescriptor RECORDS =
      counter("algo_records").help("Records by what became of them").build();
  private static final MetricFamilyDescriptor IN_FLIGHT =
      gauge("algo_records_in_flight").help("Records read that have no outcome yet").build();
  private static final MetricFamilyDescriptor TRANSACTIONS =
      counter("algo_transactions").help("Transactions by what became of them").build();
  private static final MetricFamilyDescriptor REPLACED =
      counter("algo_producers_replaced")
          .help("Producers that could not go on, and were made again")
          .build();

  private static final MetricFamilyDescriptor ABANDONED =
      gauge("algo_executions_abandoned").help("Executions timed out that still run").build();

  private final RunnerCounters counters;
  private final Labels labels;

  RunnerCollector(RunnerCounters counters, Labels labels) {
    this.counters = counters;
    this.labels = labels;
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return List.of(
        RUN_DURATION,
        ALGO_DURATION,
        MESSAGE_INPUT,
        DATA_INPUT,
        MESSAGE_OUTPUT,
        DATA_OUTPUT,
        RETRIES,
        DEAD_LETTERS,
        ALGO_ERROR,
        RUNNER_ERROR,
        RECORDS_READ,
        RECORDS,
        IN_FLIGHT,
        ABANDONED,
        TRANSACTIONS,
        REPLACED);
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder families =
        MetricSnapshots.builder()
            .metricSnapshot(durations(RUN_DURATION, counters.runDurations()))
            .metricSnapshot(durations(ALGO_DURATION, counters.algoDurations()))
            .metricSnapshot(input(MESSAGE_INPUT, ByteCounters::messages))
            .metricSnapshot(input(DATA_INPUT, ByteCounters::data))
            .metricSnapshot(output(MESSAGE_OUTPUT, ByteCounters::messages))
            .metricSnapshot(output(DATA_OUTPUT, ByteCounters::data))
            .metricSnapshot(retries())
            .metricSnapshot(deadLetters())
            .metricSnapshot(errors(ALGO_ERROR, counters.algoErrors()))
            .metricSnapshot(errors(RUNNER_ERROR, counters.runnerErrors()));
    ledger(families);
    families.metricSnapshot(
        new GaugeSnapshot(
            ABANDONED.getMetadata(), List.of(Points.gauge(counters.abandoned(), labels))));
    families.metricSnapshot(transactions()).metricSnapshot(replaced());
    return families.build();
  }

  private HistogramSnapshot durations(MetricFamilyDescriptor family, List<DurationHistogram> of) {
    return new HistogramSnapshot(family.getMetadata(), List.of(Points.histogram(of, labels)));
  }

  private CounterSnapshot input(MetricFamilyDescriptor family, ToLongFunction<ByteCounters> bytes) {
    List<CounterDataPointSnapshot> points = new ArrayList<>();
    for (InputCounters input : counters.inputs()) {
      Labels of = labels.add("input", input.input());
      points.add(Points.counter(bytes.applyAsLong(input.ok()), of.add("status", "ok")));
      points.add(Points.counter(bytes.applyAsLong(input.failed()), of.add("status", "error")));
    }
    return new CounterSnapshot(family.getMetadata(), points);
  }

  private CounterSnapshot output(
      MetricFamilyDescriptor family, ToLongFunction<ByteCounters> bytes) {
    List<CounterDataPointSnapshot> points = new ArrayList<>();
    for (OutputCounters output : counters.outputs()) {
      Labels of = labels.add("output", output.output()).add("status", "ok");
      points.add(Points.counter(bytes.applyAsLong(output.written()), of));
    }
    // A retry is no output of the Algo's: its name is empty, as it is with the sidecar.
    points.add(
        Points.counter(counters.retryBytes(), labels.add("output", "").add("status", "retry")));
    return new CounterSnapshot(family.getMetadata(), points);
  }

  /** A series only for what has happened: which tries there are is the strategies' business. */
  CounterSnapshot retries() {
    List<CounterDataPointSnapshot> points = new ArrayList<>();
    counters
        .retries()
        .forEach(
            (retry, records) -> {
              Labels of = labels.add("step", Integer.toString(retry.step()));
              points.add(
                  Points.counter(
                      records.sum(), of.add("repeat", Integer.toString(retry.repeat()))));
            });
    return new CounterSnapshot(RETRIES.getMetadata(), points);
  }

  private CounterSnapshot deadLetters() {
    return new CounterSnapshot(
        DEAD_LETTERS.getMetadata(),
        List.of(Points.counter(counters.settled(Outcome.DEAD_LETTERED), labels)));
  }

  private UnknownSnapshot errors(MetricFamilyDescriptor family, long value) {
    return new UnknownSnapshot(
        family.getMetadata(),
        List.of(UnknownDataPointSnapshot.builder().value((double) value).labels(labels).build()));
  }

  private CounterSnapshot transactions() {
    TransactionCounters transactions = counters.transactions();
    return new CounterSnapshot(
        TRANSACTIONS.getMetadata(),
        List.of(
            Points.counter(transactions.commits(), labels.add("result", "committed")),
            Points.counter(transactions.aborts(), labels.add("result", "aborted"))));
  }

  private CounterSnapshot replaced() {
    return new CounterSnapshot(
        REPLACED.getMetadata(),
        List.of(Points.counter(counters.transactions().replacements(), labels)));
  }

  private void ledger(MetricSnapshots.Builder families) {
    List<CounterDataPointSnapshot> read = new ArrayList<>();
    List<CounterDataPointSnapshot> outcomes = new ArrayList<>();
    List<GaugeDataPointSnapshot> inFlight = new ArrayList<>();
    for (InputCounters input : counters.inputs()) {
      Labels of = labels.add("input", input.input());
      InputCounters.Ledger ledger = input.ledger();
      read.add(Points.counter(ledger.read(), of));
      ledger
          .outcomes()
          .forEach(
              (outcome, records) ->
                  outcomes.add(Points.counter(records, of.add("outcome", label(outcome)))));
      inFlight.add(Points.gauge((double) ledger.inFlight(), of));
    }
    families
        .metricSnapshot(new CounterSnapshot(RECORDS_READ.getMetadata(), read))
        .metricSnapshot(new CounterSnapshot(RECORDS.getMetadata(), outcomes))
        .metricSnapshot(new GaugeSnapshot(IN_FLIGHT.getMetadata(), inFlight));
  }

  /** The outcome as a label: {@code dead-lettered}. */
  static String label(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
