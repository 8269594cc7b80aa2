package run.algo.sdk.kafka.internal.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;

/**
 * All metrics of one runner: its own, those of its Kafka clients and those of the JVM, in a
 * Prometheus registry that {@code /metrics} shows. With a registry of the author's, the runner's
 * and the clients' go there too; the JVM's do not, since they are the author's program's, who may
 * have bound them. Thread-safe.
 */
public final class RunnerMetrics implements AutoCloseable {

  /** The classic text format. */
  public static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  /** The format that Prometheus asks for by default. */
  public static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private static final Logger log = LoggerFactory.getLogger(RunnerMetrics.class);

  private final DeploymentIdentity identity;
  private final RunnerCounters counters;
  private final Optional<MeterRegistry> additional;
  private final PrometheusMeterRegistry own = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Deque<AutoCloseable> bound = new ArrayDeque<>();
  private final Map<String, ClientMeters> producers = new HashMap<>();
  private final Supplier<ScheduledExecutorService> refreshers;
  private final RunnerCollector runner;
  private final ViewCollector view;
  private @Nullable CompositeMeterRegistry clientRegistry;
  private boolean closed;

  /**
   * Metrics; only the runner's own are there before {@link #start}.
   *
   * @param identity who the Algo is: the labels
   * @param counters the runner's counters
   * @param sources what is looked at for each scrape
   * @param additional the author's registry
   */
  public RunnerMetrics(
      DeploymentIdentity identity,
      RunnerCounters counters,
      Sources sources,
      Optional<MeterRegistry> additional) {
    this(identity, counters, sources, additional, ClientMeters::refresher);
  }

  /** With other threads that look for new metrics of the clients. */
  RunnerMetrics(
      DeploymentIdentity identity,
      RunnerCounters counters,
      Sources sources,
      Optional<MeterRegistry> additional,
      Supplier<ScheduledExecutorService> refreshers) {
    this.identity = identity;
    this.refreshers = refreshers;
    this.counters = counters;
    this.additional = additional;
    Labels labels = MetricLabels.of(identity);
    this.runner = new RunnerCollector(counters, labels);
    this.view = new ViewCollector(sources.view(), sources.certificates(), counters, labels);
    own.getPrometheusRegistry().register(runner);
    own.getPrometheusRegistry().register(view);
  }

  /**
   * What is looked at for each scrape.
   *
   * @param view how the runner is
   * @param certificates when certificates expire, by name
   */
  public record Sources(Supplier<RunnerView> view, Supplier<Map<String, Instant>> certificates) {

    /** Nothing to see. */
    public static final Sources NONE = new Sources(() -> RunnerView.NONE, Map::of);
  }

  /** Binds the JVM's metrics, and the runner's to the author's registry. */
  public synchronized void start() {
    List<MeterBinder> jvm =
        List.of(
            new JvmInfoMetrics(),
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new JvmGcMetrics(),
            new ClassLoaderMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics(),
            new UptimeMetrics());
    for (MeterBinder binder : jvm) {
      binder.bindTo(own);
      if (binder instanceof AutoCloseable closeable) {
        bound.push(closeable);
      }
    }
    additional.ifPresent(this::bindTo);
  }

  private void bindTo(MeterRegistry registry) {
    bound.push(new RunnerMeters(registry, counters, MetricLabels.tags(identity)));
    bound.push(new CollectedMeters(registry, this::collected, refreshers.get()));
  }

  private Stream<MetricSnapshot> collected() {
    return Stream.concat(view.collect().stream(), Stream.of(runner.retries()));
  }

  /**
   * Shows a consumer's metrics until {@link #close}.
   *
   * @param consumer the consumer
   */
  public synchronized void bind(Consumer<?, ?> consumer) {
    if (!closed) {
      bind(ClientMeters.of(consumer, refreshers.get()));
    }
  }

  /**
   * Shows a producer's metrics until {@link #close}, or until another takes its place.
   *
   * @param producer the producer
   * @param clientId its {@code client.id}; one that is replaced has the same
   */
  public synchronized void bind(Producer<?, ?> producer, String clientId) {
    if (closed) {
      return;
    }
    ClientMeters meters = ClientMeters.of(producer, refreshers.get());
    ClientMeters replaced = producers.put(clientId, meters);
    if (replaced != null) {
      replaced.close(); // its meters have the names of the new one's
      bound.remove(replaced);
    }
    bind(meters);
  }

  private void bind(ClientMeters meters) {
    meters.bindTo(clientRegistry());
    bound.push(meters);
  }

  private MeterRegistry clientRegistry() {
    CompositeMeterRegistry known = clientRegistry;
    if (known == null) {
      CompositeMeterRegistry both = new CompositeMeterRegistry().add(own);
      additional.ifPresent(both::add);
      known = both;
      clientRegistry = both;
    }
    return known;
  }

  /**
   * Which format answers a request.
   *
   * @param accept the request's {@code Accept} header, empty when it has none
   * @return the content type: {@link #OPEN_METRICS} when asked for, else {@link #TEXT}
   */
  public static String format(String accept) {
    return accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
  }

  /**
   * Writes all metrics.
   *
   * @param out where to
   * @param format {@link #TEXT} or {@link #OPEN_METRICS}
   * @throws IOException when writing fails
   */
  public void scrape(OutputStream out, String format) throws IOException {
    own.scrape(out, format);
  }

  /** Unbinds everything. The author's registry stays open, without what this has put there. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (!bound.isEmpty()) {
      AutoCloseable binding = bound.pop();
      try {
        binding.close();
      } catch (Exception e) {
        log.warn("a binding of metrics could not be ended: {}", binding, e);
      }
    }
    CompositeMeterRegistry both = clientRegistry;
    if (both != null) {
      // An author's registry that is a composite itself remembers the one it was put into.
      List.copyOf(both.getRegistries()).forEach(both::remove);
    }
    own.close();
  }
}
