package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client may send, bytes by bytes. */
class HttpFrontTest {

  private HttpFront front;

  @BeforeEach
  void open() throws IOException {
    Duration limit = Duration.ofSeconds(30);
    front =
        HttpFront.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new HttpFront.Limits(limit, limit),
            (request, exchange) ->
                exchange.answer(
                    new Answer(
                        200,
                        Optional.of(
                            new Page.Content(
                                200, "text/plain", request.toString().getBytes(UTF_8))),
                        request.method().equals("HEAD"))));
  }

  @AfterEach
  void close() {
    front.close();
  }

  /** All that comes back until the connection is closed. */
  private String send(String... parts) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), front.port())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      for (String part : parts) {
        socket.getOutputStream().write(part.getBytes(ISO_8859_1));
      }
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void aRequestMayComeInAnyPieces() throws Exception {
    String request = "GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\nACCEPT:  text/x \r\n\r\n";

    assertThat(send(request.split(""))).startsWith("HTTP/1.1 200 OK\r\n");
    assertThat(body(send(request.split(""))))
        .isEqualTo(body(send(request)))
        .isEqualTo(new RequestHead("GET", "/a b", "text/x").toString());
  }

  @Test
  void lineEndsMayBeBareAndEmptyLinesMayComeFirst() throws Exception {
    assertThat(body(send("\r\n\nGET /a HTTP/1.0\n\n")))
        .isEqualTo(new RequestHead("GET", "/a", "").toString());
  }

  @Test
  void theTargetMayBeAWholeAddress() throws Exception {
    assertThat(body(send("GET http://host:1/a?b HTTP/1.1\r\n\r\n"))).contains("path=/a,");
  }

  @Test
  void whatFollowsTheRequestIsNotAnswered() throws Exception {
    String answer =
        send(
            "POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\n", "x".repeat(100_000), "GET / HTTP/1.1");

    assertThat(answer).containsOnlyOnce("HTTP/1.1").contains("path=/a,", "Connection: close\r\n");
  }

  @Test
  void headHasTheLengthAlone() throws Exception {
    String answer = send("HEAD /a HTTP/1.1\r\n\r\n");

    int length = new RequestHead("HEAD", "/a", "").toString().length();
    assertThat(answer).contains("Content-Length: " + length + "\r\n").endsWith("\r\n\r\n");
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    for (String bad :
        new String[] {
          "hello\r\n\r\n",
          "GET /\r\n\r\n",
          " / HTTP/1.1\r\n\r\n",
          "GET /%zz HTTP/1.1\r\n\r\n",
          "PRI * HTTP/2.0\r\n\r\n",
          "GET / x HTTP/1.1\r\n\r\n"
        }) {
      assertThat(send(bad)).as(bad).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }
  }

  @Test
  void aHeadThatDoesNotEndIsRefused() throws Exception {
    assertThat(send("GET / HTTP/1.1\r\nX: " + "x".repeat(RequestHead.Collector.MOST_BYTES)))
        .startsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n");
  }
}
