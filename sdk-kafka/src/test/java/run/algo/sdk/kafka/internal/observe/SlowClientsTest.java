package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that send or read too slowly take nothing from a probe, however many come. */
class SlowClientsTest {

  /** An operator's probe waits for a second; the machine of a test may be slow. */
  private static final int PATIENCE = 5_000;

  private static final String SCRAPE = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

  private final byte[] large = new byte[24 * 1024 * 1024]; // more than the sockets hold
  private final ObservePort port =
      ObservePort.open(
          0,
          Optional.of("127.0.0.1"),
          Map.of(
              "/health",
              accept -> new Page.Content(200, "text/plain", "fine".getBytes(UTF_8)),
              "/ready",
              accept -> new Page.Content(200, "text/plain", "yes".getBytes(UTF_8)),
              "/metrics",
              accept -> new Page.Content(200, "text/plain", large)));
  private final SlowClients senders = new SlowClients(port.port());
  private final SlowClients scrapers = new SlowClients(port.port());

  @AfterEach
  void close() {
    senders.close();
    scrapers.close();
    port.close();
  }

  /** Each probe is a connection of its own, as an operator's is. */
  private String probe(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      socket.setSoTimeout(PATIENCE);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 ");
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private void assertProbesAreAnswered() throws Exception {
    assertThat(probe("/health")).isEqualTo("fine");
    assertThat(probe("/ready")).isEqualTo("yes");
  }

  @Test
  void aStreamOfThemHoldsUpNoProbe() throws Exception {
    ScheduledExecutorService stream = Executors.newSingleThreadScheduledExecutor();
    try {
      var sending =
          stream.scheduleAtFixedRate(() -> senders.send("G"), 0, 40, TimeUnit.MILLISECONDS);
      var scraping =
          stream.scheduleAtFixedRate(() -> scrapers.send(SCRAPE), 0, 500, TimeUnit.MILLISECONDS);
      // Until many have come and gone: the port cuts each off after its 3 s.
      while (senders.cut() < 150) {
        assertProbesAreAnswered();
      }
      assertThat(List.of(sending, scraping)).noneMatch(one -> one.isDone());
    } finally {
      stream.shutdownNow();
      assertThat(stream.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aCrowdThatComesAtOnceHoldsUpNoProbe() throws Exception {
    for (int i = 0; i < 1000; i++) {
      senders.send("G");
      if (i % 100 == 99) {
        assertProbesAreAnswered();
      }
    }
  }

  @Test
  void scrapersThatDoNotReadHoldUpNoProbeAndNoOtherScrape() throws Exception {
    for (int i = 0; i < 12; i++) {
      scrapers.send(SCRAPE);
      assertProbesAreAnswered();
    }
    assertThat(probe("/metrics")).hasSize(large.length);
  }
}
