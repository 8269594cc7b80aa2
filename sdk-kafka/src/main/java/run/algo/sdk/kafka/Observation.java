package run.algo.sdk.kafka;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.config.HttpSettings;
import run.algo.sdk.kafka.internal.observe.Health;
import run.algo.sdk.kafka.internal.observe.ObservePort;
import run.algo.sdk.kafka.internal.observe.Page;
import run.algo.sdk.kafka.internal.observe.Pages;
import run.algo.sdk.kafka.internal.observe.RunnerMetrics;

/** What a runner shows of itself: its metrics, and the port with them and its health. */
final class Observation implements AutoCloseable {

  private final HttpSettings http;
  private final RunnerMetrics metrics;
  private final Map<String, Page> pages;
  private @Nullable ObservePort port;
  private boolean closed;

  Observation(
      HttpSettings http, RunnerMetrics metrics, Health health, Supplier<List<String>> notReady) {
    this.http = http;
    this.metrics = metrics;
    this.pages =
        Map.of(
            "/metrics",
            Pages.metrics(metrics),
            ObservePort.HEALTH,
            Pages.health(health),
            "/ready",
            Pages.ready(notReady));
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
    metrics.close();
  }
}
