package run.algo.sdk.kafka.internal.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of one Kafka client in a registry, as far as {@link FewMetrics} lets them, until it
 * is closed.
 *
 * <p>Each has the thread that looks, once a minute, for metrics which the client has only got
 * since. The binder does not end what it has scheduled with somebody else's: that would keep a
 * client that is gone in memory, and take away the meters of the one in its place, since they have
 * the same names.
 */
final class ClientMeters implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ClientMeters.class);

  private final KafkaClientMetrics meters;
  private final ScheduledExecutorService refresher;

  private ClientMeters(
      Function<ScheduledExecutorService, KafkaClientMetrics> meters,
      ScheduledExecutorService refresher) {
    this.refresher = refresher;
    this.meters = meters.apply(refresher);
  }

  /**
   * Those of a consumer; shown once they are bound.
   *
   * @param refresher looks for new ones; ends with this
   */
  static ClientMeters of(Consumer<?, ?> consumer, ScheduledExecutorService refresher) {
    Consumer<?, ?> few = few(Consumer.class, consumer::metrics);
    return new ClientMeters(thread -> new KafkaClientMetrics(few, Tags.empty(), thread), refresher);
  }

  /**
   * Those of a producer; shown once they are bound.
   *
   * @param refresher looks for new ones; ends with this
   */
  static ClientMeters of(Producer<?, ?> producer, ScheduledExecutorService refresher) {
    Producer<?, ?> few = few(Producer.class, producer::metrics);
    return new ClientMeters(thread -> new KafkaClientMetrics(few, Tags.empty(), thread), refresher);
  }

  /** The binder asks a client for its metrics and for nothing else. */
  private static <C> C few(
      Class<C> client, Supplier<? extends Map<MetricName, ? extends Metric>> all) {
    FewMetrics few = new FewMetrics(all);
    return client.cast(
        Proxy.newProxyInstance(
            ClientMeters.class.getClassLoader(),
            new Class<?>[] {client},
            (proxy, method, arguments) -> {
              if (method.getName().equals("metrics")) {
                return few.get();
              }
              throw new UnsupportedOperationException(method.toString());
            }));
  }

  /** A thread that looks for new metrics, once something is scheduled. */
  static ScheduledExecutorService refresher() {
    return new ScheduledThreadPoolExecutor(
        1,
        task -> {
          Thread thread = new Thread(task, "algo-client-metrics");
          thread.setDaemon(true);
          return thread;
        });
  }

  void bindTo(MeterRegistry registry) {
    meters.bindTo(registry);
  }

  /** Takes the meters out of the registry; what refreshes them at this moment ends before. */
  @Override
  public void close() {
    refresher.shutdownNow();
    try {
      boolean ended = refresher.awaitTermination(1, TimeUnit.SECONDS);
      log.debug("the refresh of a client's metrics has ended: {}", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    meters.close();
  }
}
