package run.algo.sdk.kafka.internal.observe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.Setting;

/**
 * The port that shows metrics and health over HTTP. It takes GET and HEAD of the paths it is given,
 * exactly; it never fails on behalf of a client.
 *
 * <p>Requests are read and answers sent by one thread that waits for no client. Pages are made by
 * others: {@code /health} and {@code /ready} by one each, and the rest by two. A scrape that is
 * slow, or a client that is, cannot make the runner look dead or not ready. A request must arrive
 * within 3 s, an answer be made and taken within 10 s; the connection is closed otherwise. All
 * threads are daemons.
 */
public final class ObservePort implements AutoCloseable {

  /** The path of the liveness check. */
  public static final String HEALTH = "/health";

  /** The path of the readiness check. */
  public static final String READY = "/ready";

  private static final HttpFront.Limits LIMITS =
      new HttpFront.Limits(Duration.ofSeconds(3), Duration.ofSeconds(10));

  private static final Logger log = LoggerFactory.getLogger(ObservePort.class);

  private static final int SCRAPERS = 2;
  private static final int WAITING = 64;
  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  private final HttpFront front;
  private final Map<String, Page> pages;
  private final ScheduledThreadPoolExecutor clock;
  private final RequestThreads health;
  private final RequestThreads ready;
  private final RequestThreads others;
  private final RateLimit warnings = new RateLimit(LOG_INTERVAL, System::nanoTime);

  private ObservePort(InetSocketAddress local, Map<String, Page> pages, HttpFront.Limits limits)
      throws IOException {
    this.pages = Map.copyOf(pages);
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "algo-http-clock");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    Duration limit = limits.answer();
    this.health = new RequestThreads("algo-http-health-", 1, WAITING, limit, clock);
    this.ready = new RequestThreads("algo-http-ready-", 1, WAITING, limit, clock);
    this.others = new RequestThreads("algo-http-page-", SCRAPERS, WAITING, limit, clock);
    this.front = HttpFront.open(local, limits, this::handle); // last: requests come from here on
  }

  /**
   * Opens the port.
   *
   * @param port the port, 0 for any free one
   * @param address the address to bind, empty for all
   * @param pages the pages by path, such as {@link #HEALTH}
   * @return the open port
   * @throws AlgoConfigurationException when it cannot be bound, as when something else has it
   */
  public static ObservePort open(int port, Optional<String> address, Map<String, Page> pages) {
    return open(port, address, pages, LIMITS);
  }

  static ObservePort open(
      int port, Optional<String> address, Map<String, Page> pages, HttpFront.Limits limits) {
    InetSocketAddress local =
        address.map(host -> new InetSocketAddress(host, port)).orElse(new InetSocketAddress(port));
    if (local.isUnresolved()) {
      throw refused(address.orElse("all"), "cannot be resolved");
    }
    try {
      ObservePort opened = new ObservePort(local, pages, limits);
      log.info("metrics, health and the status page are at port {}", opened.port());
      return opened;
    } catch (IOException e) {
      throw ofThisMachine(local.getAddress())
          ? refused(port, e)
          : refused(address.orElse("all"), "is no address of this machine");
    }
  }

  private static boolean ofThisMachine(InetAddress address) {
    try {
      return address.isAnyLocalAddress()
          || address.isLoopbackAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // cannot tell: the port is the likelier reason
    }
  }

  private static AlgoConfigurationException refused(int port, IOException cause) {
    AlgoConfigurationException refused =
        new AlgoConfigurationException(
            List.of(
                new ConfigurationProblem(
                    Setting.METRICS_PORT.variable(),
                    Integer.toString(port),
                    "cannot be bound: " + cause.getMessage(),
                    "free the port, or choose another one, 0 for any free one, or off")));
    refused.initCause(cause);
    return refused;
  }

  private static AlgoConfigurationException refused(String address, String message) {
    return new AlgoConfigurationException(
        List.of(
            new ConfigurationProblem(
                Setting.METRICS_ADDRESS.variable(),
                address,
                message,
                "use an address of this machine, or all")));
  }

  /** {@return the port it is bound to} */
  public int port() {
    return front.port();
  }

  private void handle(RequestHead request, HttpFront.Exchange exchange) {
    Page page = pages.get(request.path());
    if (page == null) {
      exchange.answer(Answer.of(404));
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      exchange.answer(Answer.of(405));
    } else {
      try {
        threads(request.path()).execute(() -> show(request, page, exchange));
      } catch (RejectedExecutionException e) {
        exchange.answer(Answer.of(503));
      }
    }
  }

  private RequestThreads threads(String path) {
    return switch (path) {
      case HEALTH -> health;
      case READY -> ready;
      default -> others;
    };
  }

  private void show(RequestHead request, Page page, HttpFront.Exchange exchange) {
    if (exchange.gone()) {
      return; // it has waited too long
    }
    try {
      Page.Content content = page.content(request.accept());
      exchange.answer(
          new Answer(content.status(), Optional.of(content), request.method().equals("HEAD")));
    } catch (IOException | RuntimeException | Error e) { // the port outlives what it shows
      warnings.run(
          "page",
          suppressed ->
              log.warn("{} cannot be shown (and {} more like it)", request.path(), suppressed, e));
      exchange.answer(Answer.of(500));
    }
  }

  /** Closes the port and every connection. */
  @Override
  public void close() {
    front.close();
    health.close();
    ready.close();
    others.close();
    clock.shutdownNow();
  }
}
