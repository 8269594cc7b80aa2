package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.AlgoConfigurationException;

class ObservePortTest {

  private static final Optional<String> LOOPBACK = Optional.of("127.0.0.1");

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<ObservePort> ports = new ArrayList<>();

  @AfterEach
  void close() {
    ports.forEach(ObservePort::close);
  }

  private ObservePort open(Map<String, Page> pages) {
    ObservePort port = ObservePort.open(0, LOOPBACK, pages);
    ports.add(port);
    return port;
  }

  private ObservePort open(Map<String, Page> pages, Duration limit) {
    ObservePort port = ObservePort.open(0, LOOPBACK, pages, new HttpFront.Limits(limit, limit));
    ports.add(port);
    return port;
  }

  private static Page text(int status, String body) {
    return accept -> new Page.Content(status, "text/plain", body.getBytes(UTF_8));
  }

  private static HttpRequest.Builder request(ObservePort port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(ObservePort port, String path)
      throws IOException, InterruptedException {
    return send(request(port, path));
  }

  @Test
  void showsItsPagesWithTheirStatusAndType() throws Exception {
    ObservePort port = open(Map.of("/health", text(200, "fine"), "/ready", text(500, "not yet")));

    HttpResponse<String> health = get(port, "/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body()).isEqualTo("fine");
    assertThat(health.headers().firstValue("Content-Type")).hasValue("text/plain");
    assertThat(get(port, "/ready").statusCode()).isEqualTo(500);
    assertThat(get(port, "/ready?verbose=1").body()).isEqualTo("not yet");
  }

  @Test
  void passesTheAcceptHeaderOn() throws Exception {
    ObservePort port =
        open(Map.of("/metrics", accept -> new Page.Content(200, "x/y", accept.getBytes(UTF_8))));

    assertThat(send(request(port, "/metrics").header("Accept", "a/b")).body()).isEqualTo("a/b");
    assertThat(get(port, "/metrics").body()).isEmpty();
  }

  @Test
  void anyOtherPathIsNotFound() throws Exception {
    ObservePort port = open(Map.of("/metrics", text(200, "all")));

    for (String path : List.of("/", "/metric", "/metrics/", "/metrics/all", "/METRICS", "/..")) {
      assertThat(get(port, path).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void anyOtherMethodIsNotAllowed() throws Exception {
    ObservePort port = open(Map.of("/metrics", text(200, "all")));

    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PATCH")) {
      HttpResponse<String> response =
          send(
              request(port, "/metrics")
                  .method(method, HttpRequest.BodyPublishers.ofString("x".repeat(10_000))));
      assertThat(response.statusCode()).as(method).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }
  }

  @Test
  void headTellsTheLengthWithoutTheBody() throws Exception {
    ObservePort port = open(Map.of("/metrics", text(200, "all of it")));

    HttpResponse<String> response =
        send(request(port, "/metrics").method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Length")).hasValue("9");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void aPageThatFailsDoesNotTellWhy() throws Exception {
    ObservePort port =
        open(
            Map.of(
                "/metrics",
                accept -> {
                  throw new IllegalStateException("password=secret");
                },
                "/ready",
                accept -> {
                  throw new StackOverflowError("password=secret");
                }));

    for (String path : List.of("/metrics", "/ready")) {
      HttpResponse<String> response = get(port, path);
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).isEmpty();
    }
  }

  @Test
  void slowScrapesBlockNoProbe() throws Exception {
    CountDownLatch scraping = new CountDownLatch(2);
    CountDownLatch end = new CountDownLatch(1);
    ObservePort port =
        open(
            Map.of(
                "/metrics",
                accept -> {
                  scraping.countDown();
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    throw new IOException(e);
                  }
                  return new Page.Content(200, "text/plain", new byte[0]);
                },
                "/health",
                text(200, "fine"),
                "/ready",
                text(200, "yes")));
    List<CompletableFuture<HttpResponse<String>>> scrapes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      scrapes.add(
          client.sendAsync(
              request(port, "/metrics").build(), HttpResponse.BodyHandlers.ofString()));
    }
    scraping.await();

    assertThat(get(port, "/health").body()).isEqualTo("fine");
    assertThat(get(port, "/ready").body()).isEqualTo("yes");

    end.countDown();
    for (CompletableFuture<HttpResponse<String>> scrape : scrapes) {
      assertThat(scrape.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatSendsItsRequestTooSlowlyIsCutOff() throws Exception {
    ObservePort port = open(Map.of("/health", text(200, "fine")), Duration.ofMillis(200));
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) { // more than there are threads
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port());
        slow.add(socket);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write("GET /health HTTP/1.1\r\nHos".getBytes(UTF_8));
        socket.getOutputStream().flush();
      }

      assertThat(get(port, "/health").body()).isEqualTo("fine");

      for (Socket socket : slow) {
        assertThat(isCutOff(socket)).isTrue();
      }
      assertThat(get(port, "/health").body()).isEqualTo("fine");
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void aClientThatDoesNotTakeItsAnswerIsCutOff() throws Exception {
    byte[] large = new byte[32 * 1024 * 1024]; // more than the sockets hold
    ObservePort port =
        open(
            Map.of(
                "/metrics",
                accept -> new Page.Content(200, "text/plain", large),
                "/ready",
                text(200, "yes")),
            Duration.ofMillis(300));
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port());
        slow.add(socket);
        socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
        socket.getOutputStream().flush();
      }

      assertThat(get(port, "/ready").body()).isEqualTo("yes");
      for (Socket socket : slow) {
        await().until(() -> isClosed(socket));
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void everyAnswerTellsABrowserToDoNothingWithIt() throws Exception {
    ObservePort port =
        open(
            Map.of(
                "/health",
                text(200, "fine"),
                "/ready",
                text(500, "no"),
                "/metrics",
                accept -> {
                  throw new IOException("broken");
                },
                "/",
                accept -> new Page.Content(200, "text/html", new byte[0], "default-src 'self'")));
    HttpRequest.Builder post = request(port, "/health").POST(HttpRequest.BodyPublishers.noBody());
    HttpRequest.Builder head =
        request(port, "/health").method("HEAD", HttpRequest.BodyPublishers.noBody());

    for (HttpResponse<String> answer :
        List.of(
            get(port, "/health"),
            get(port, "/ready"),
            get(port, "/metrics"),
            get(port, "/nowhere"),
            send(post),
            send(head))) {
      assertSafe(answer, "default-src 'none'; frame-ancestors 'none'");
    }
    assertSafe(get(port, "/"), "default-src 'self'");
  }

  private static void assertSafe(HttpResponse<String> answer, String policy) {
    assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(answer.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
    assertThat(answer.headers().allValues("Content-Security-Policy")).containsExactly(policy);
    assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
  }

  /** Without reading: who sends to a connection that is closed is told so. */
  private static boolean isClosed(Socket socket) {
    try {
      socket.getOutputStream().write('x');
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean isCutOff(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes().length == 0;
    } catch (IOException e) {
      return e.getMessage().contains("reset");
    }
  }

  @Test
  void aPortInUseIsAProblemThatNamesTheSettingAndTheRemedy() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> ObservePort.open(other.getLocalPort(), LOOPBACK, Map.of()))
          .isInstanceOf(AlgoConfigurationException.class)
          .hasMessageContainingAll(
              "ALGO_METRICS_PORT",
              "" + other.getLocalPort(),
              "in use",
              "0 for any free one",
              "off");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsAProblemOfTheAddress() {
    for (String address : List.of("192.0.2.1", "no-such-host.invalid")) {
      assertThatThrownBy(() -> ObservePort.open(0, Optional.of(address), Map.of()))
          .isInstanceOf(AlgoConfigurationException.class)
          .hasMessageContainingAll("ALGO_METRICS_ADDRESS", address);
    }
  }

  @Test
  void itsThreadsAreDaemonsAndEndWithIt() throws Exception {
    ObservePort port = open(Map.of("/health", text(200, "fine"), "/ready", text(200, "yes")));
    assertThat(get(port, "/health").statusCode()).isEqualTo(200);
    assertThat(get(port, "/ready").statusCode()).isEqualTo(200);
    assertThat(threads()).isNotEmpty().allMatch(Thread::isDaemon);

    port.close();
    port.close();

    await().until(() -> threads().isEmpty());
    int freed = port.port();
    ports.add(ObservePort.open(freed, LOOPBACK, Map.of()));
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .filter(thread -> thread.getName().startsWith("algo-http"))
        .toList();
  }
}
