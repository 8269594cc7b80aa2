package run.algo.sdk.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.config.HttpSettings;
import run.algo.sdk.kafka.internal.observe.ObservePort;
import run.algo.sdk.kafka.internal.observe.Page;
import run.algo.sdk.kafka.internal.observe.Pages;
import run.algo.sdk.kafka.internal.observe.RunnerMetrics;
import run.algo.sdk.kafka.internal.observe.StatusPage;
import run.algo.sdk.kafka.internal.observe.StatusSource;

/**
 * What a runner shows of itself: its metrics, and the port with them, its health and its status.
 */
final class Observation implements AutoCloseable {

  private final HttpSettings http;
  private final RunnerMetrics metrics;
  private final Optional<StatusPage> status;
  private final Map<String, Page> pages;
  private @Nullable ObservePort port;
  private boolean closed;

  /**
   * An observation; shows nothing before it is opened.
   *
   * @param http where
   * @param metrics the metrics
   * @param source the rest
   */
  Observation(HttpSettings http, RunnerMetrics metrics, StatusSource source) {
    this.http = http;
    this.metrics = metrics;
    // Without a port nobody could look at it.
    this.status = http.port().isPresent() ? Optional.of(new StatusPage(source)) : Optional.empty();
    Map<String, Page> shown = new HashMap<>();
    shown.put("/metrics", Pages.metrics(metrics));
    shown.put(ObservePort.HEALTH, Pages.health(source.health()));
    shown.put(ObservePort.READY, Pages.ready(source.notReady()));
    status.ifPresent(page -> shown.putAll(page.pages()));
    this.pages = Map.copyOf(shown);
  }

  /**
   * Opens the port, unless it is off.
   *
   * @throws AlgoConfigurationException when it cannot be bound
   */
  synchronized void open() {
    if (closed) {
      return;
    }
    if (http.port().isPresent()) {
      port = ObservePort.open(http.port().getAsInt(), http.address(), pages);
    }
    status.ifPresent(StatusPage::start);
    metrics.start();
  }

  synchronized OptionalInt port() {
    ObservePort open = port;
    return open == null ? OptionalInt.empty() : OptionalInt.of(open.port());
  }

  @Override
  public synchronized void close() {
    closed = true;
    ObservePort open = port;
    port = null;
    if (open != null) {
      open.close();
    }
    status.ifPresent(StatusPage::close);
    metrics.close();
  }
}
