package run.algo.sdk.kafka.internal.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the port collects for each scrape, as meters in a registry of the author's: those families
 * whose series come and go, or that are worked out of a view of the runner. A look every few
 * seconds adds and removes meters, which tell what the latest look has found; so their number has
 * the same bounds as that of the port's series.
 */
final class CollectedMeters implements AutoCloseable {

  /** How old a value may be. */
  static final Duration EVERY = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(CollectedMeters.class);

  private static final Duration LOG_INTERVAL = Duration.ofMinutes(10);

  private final MeterRegistry registry;
  private final Supplier<Stream<MetricSnapshot>> families;
  private final ScheduledExecutorService looker;
  private final RateLimit warnings = new RateLimit(LOG_INTERVAL, System::nanoTime);
  private final Map<Series, Shown> shown = new HashMap<>();
  private final Map<Series, Meter> meters = new HashMap<>();

  private record Series(String family, Labels labels) {}

  /** A series in the registry, and its latest value. */
  private static final class Shown {
    private volatile double value;
    private volatile long count;

    void take(DataPointSnapshot point) {
      if (point instanceof CounterDataPointSnapshot counter) {
        value = counter.getValue();
      } else if (point instanceof GaugeDataPointSnapshot gauge) {
        value = gauge.getValue();
      } else if (point instanceof DistributionDataPointSnapshot distribution) {
        value = distribution.getSum();
        count = distribution.getCount();
      }
    }

    double value() {
      return value;
    }

    long count() {
      return count;
    }
  }

  /**
   * Meters, there after the first look, which is taken at once.
   *
   * @param registry where to
   * @param families collects the families
   * @param looker looks again; ends with this
   */
  CollectedMeters(
      MeterRegistry registry,
      Supplier<Stream<MetricSnapshot>> families,
      ScheduledExecutorService looker) {
    this.registry = registry;
    this.families = families;
    this.looker = looker;
    look();
    ScheduledFuture<?> unused =
        looker.scheduleAtFixedRate(
            this::lookAgain, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What is thrown would be the end of it. */
  private void lookAgain() {
    try {
      look();
    } catch (RuntimeException e) {
      warnings.run(
          "look", suppressed -> log.warn("the runner's meters could not all be registered", e));
    }
  }

  private synchronized void look() {
    Set<Series> gone = new HashSet<>(shown.keySet());
    families.get().forEach(family -> take(family, gone));
    gone.forEach(this::remove);
  }

  private void take(MetricSnapshot family, Set<Series> gone) {
    for (DataPointSnapshot point : family.getDataPoints()) {
      Series series = new Series(family.getMetadata().getName(), point.getLabels());
      Shown known = shown.get(series);
      if (known == null) {
        known = new Shown();
        known.take(point);
        meters.put(series, register(family, series, known));
        shown.put(series, known);
      } else {
        known.take(point);
        gone.remove(series);
      }
    }
  }

  private Meter register(MetricSnapshot family, Series series, Shown value) {
    String name = series.family().replace('_', '.');
    Tags tags = tags(series.labels());
    if (family instanceof CounterSnapshot) {
      return FunctionCounter.builder(name, value, Shown::value).tags(tags).register(registry);
    }
    if (family instanceof HistogramSnapshot) {
      return FunctionTimer.builder(
              name.replaceFirst("\\.seconds$", ""), // which is the registry's to add
              value,
              Shown::count,
              Shown::value,
              TimeUnit.SECONDS)
          .tags(tags)
          .register(registry);
    }
    return Gauge.builder(name, value, Shown::value).tags(tags).register(registry);
  }

  private static Tags tags(Labels labels) {
    return Tags.of(
        labels.stream().map(label -> Tag.of(label.getName(), label.getValue())).toList());
  }

  private void remove(Series series) {
    shown.remove(series);
    Meter meter = meters.remove(series);
    if (meter != null) {
      registry.remove(meter);
    }
  }

  /** Takes the meters out of the registry, which stays open. */
  @Override
  public void close() {
    looker.shutdownNow();
    synchronized (this) {
      Set.copyOf(shown.keySet()).forEach(this::remove);
    }
  }
}
