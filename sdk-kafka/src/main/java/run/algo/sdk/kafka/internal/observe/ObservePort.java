package run.algo.sdk.kafka.internal.observe;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.Setting;

/**
 * The port that shows metrics and health over HTTP. It takes GET and HEAD of the paths it is given,
 * exactly; it never fails on behalf of a client.
 *
 * <p>Requests are read by a few threads that do nothing else, answered by others, and {@code
 * /health} by one of its own: a scrape that is slow, or a client that is, cannot make the runner
 * look dead. A request must arrive within 3 s of its first byte, an answer be taken within 10 s;
 * the connection is closed otherwise. All threads are daemons.
 */
public final class ObservePort implements AutoCloseable {

  /** The path of the liveness check. */
  public static final String HEALTH = "/health";

  private static final Limits LIMITS = new Limits(Duration.ofSeconds(3), Duration.ofSeconds(10));

  private static final Logger log = LoggerFactory.getLogger(ObservePort.class);

  private static final int READERS = 8;
  private static final int ANSWERERS = 2;
  private static final int WAITING = 64;
  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  private final HttpServer server;
  private final Map<String, Page> pages;
  private final ScheduledThreadPoolExecutor clock;
  private final RequestThreads readers;
  private final RequestThreads answers;
  private final RequestThreads health;
  private final RateLimit warnings = new RateLimit(LOG_INTERVAL, System::nanoTime);

  /**
   * How slow a client may be.
   *
   * @param read longest time from a request's first byte to its last
   * @param answer longest time to make an answer and to have it taken
   */
  record Limits(Duration read, Duration answer) {}

  private ObservePort(HttpServer server, Map<String, Page> pages, Limits limits) {
    this.server = server;
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
    this.readers = new RequestThreads("algo-http-", READERS, WAITING, limits.read(), clock);
    this.answers =
        new RequestThreads("algo-http-answer-", ANSWERERS, WAITING, limits.answer(), clock);
    this.health = new RequestThreads("algo-http-health-", 1, WAITING, limits.answer(), clock);
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
      int port, Optional<String> address, Map<String, Page> pages, Limits limits) {
    InetSocketAddress local =
        address.map(host -> new InetSocketAddress(host, port)).orElse(new InetSocketAddress(port));
    if (local.isUnresolved()) {
      throw refused(address.orElse("all"), "cannot be resolved");
    }
    HttpServer server;
    try {
      server = HttpServer.create(local, 0);
    } catch (IOException e) {
      throw ofThisMachine(local.getAddress())
          ? refused(port, e)
          : refused(address.orElse("all"), "is no address of this machine");
    }
    ObservePort opened = new ObservePort(server, pages, limits);
    opened.start();
    return opened;
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

  private void start() {
    server.setExecutor(readers);
    server.createContext("/", this::handle);
    // The server's dispatcher inherits being a daemon from the thread that starts it.
    Thread starter = new Thread(server::start, "algo-http-start");
    starter.setDaemon(true);
    starter.start();
    boolean interrupted = false;
    while (starter.isAlive()) {
      try {
        starter.join();
      } catch (InterruptedException e) {
        interrupted = true; // starting takes no time worth an abort
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    log.info("metrics, health and the status page are at port {}", port());
  }

  /** {@return the port it is bound to} */
  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    Page page = path == null ? null : pages.get(path);
    String method = exchange.getRequestMethod();
    if (page == null) {
      answer(exchange, 404, null);
    } else if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      answer(exchange, 405, null);
    } else {
      RequestThreads threads = HEALTH.equals(path) ? health : answers;
      try {
        threads.execute(() -> show(exchange, page));
      } catch (RejectedExecutionException e) {
        answer(exchange, 503, null);
      }
    }
  }

  private void show(HttpExchange exchange, Page page) {
    Page.Content content;
    try {
      String accept = exchange.getRequestHeaders().getFirst("Accept");
      content = page.content(accept == null ? "" : accept);
    } catch (IOException | RuntimeException | Error e) { // the port outlives what it shows
      warnings.run(
          "page",
          suppressed ->
              log.warn(
                  "{} cannot be shown (and {} more like it)",
                  exchange.getRequestURI().getPath(),
                  suppressed,
                  e));
      answer(exchange, 500, null);
      return;
    }
    answer(exchange, content.status(), content);
  }

  private static void answer(HttpExchange exchange, int status, Page.@Nullable Content content) {
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set(
          "Content-Security-Policy", content == null ? Page.Content.NOTHING : content.policy());
      if (content == null) {
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      headers.set("Content-Type", content.type());
      if (exchange.getRequestMethod().equals("HEAD")) {
        headers.set("Content-Length", Integer.toString(content.body().length));
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      exchange.sendResponseHeaders(status, content.body().length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(content.body());
      }
    } catch (IOException e) {
      log.debug("a client did not take its answer", e);
    }
  }

  /** Closes the port and every connection. */
  @Override
  public void close() {
    server.stop(0);
    readers.close();
    answers.close();
    health.close();
    clock.shutdownNow();
  }
}
