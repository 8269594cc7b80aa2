package run.algo.sdk.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileStoreSettings.Credentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;

@Timeout(60)
class RequestLimitsTest {

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(50);

  private final RequestLimits limits = new RequestLimits();
  private final AtomicBoolean accepted = new AtomicBoolean();

  @Test
  void whatIsLateIsAbortedOnceAndWhatIsNotIsLeftAlone() {
    AtomicInteger returned = new AtomicInteger();
    AtomicInteger inTime = new AtomicInteger();
    AtomicInteger late = new AtomicInteger();
    limits.within(
        SHORT,
        () -> {
          limits.makes(returned::incrementAndGet);
          return "a stream of content, which takes as long as its reader does";
        });
    limits.within(
        SHORT,
        () -> {
          CountDownLatch aborted = new CountDownLatch(1);
          limits.makes(
              () -> {
                late.incrementAndGet();
                aborted.countDown();
              });
          return awaited(aborted);
        });
    limits.within(
        LONG,
        () -> {
          limits.makes(inTime::incrementAndGet);
          return "an answer";
        });
    assertThat(late).hasValue(1);
    assertThat(returned).hasValue(0);
    assertThat(inTime).hasValue(0);
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(50, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCallThatIsLateBeforeItsRequestIsMadeDoesNotMakeIt() {
    AtomicInteger aborted = new AtomicInteger();
    limits.within(
        Duration.ZERO,
        () -> {
          // The next look finds it late; it makes its request over and over, as if redirected.
          while (aborted.get() < 2) {
            limits.makes(aborted::incrementAndGet);
            Thread.onSpinWait();
          }
          return "";
        });
    assertThat(aborted.get()).isGreaterThan(1);
  }

  @Test
  void aStorageThatAnswersByTheByteIsGivenUp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        S3Client client = S3Clients.open(settings(server.getLocalPort()), limits)) {
      CompletableFuture<Void> broken = CompletableFuture.runAsync(() -> trickle(server));
      do { // on a busy machine the first may be late before it is connected
        assertThatThrownBy(
                () ->
                    limits.within(
                        SHORT, () -> client.getObject(r -> r.bucket("bucket").key("a")).response()))
            .isInstanceOf(SdkClientException.class);
      } while (!accepted.get());
      broken.get(30, TimeUnit.SECONDS); // the connection is cut, not only left
    }
  }

  private static FileStoreSettings settings(int port) {
    return new FileStoreSettings(
        URI.create("http://127.0.0.1:" + port),
        "us-east-1",
        "bucket",
        Set.of(),
        Path.of("/input"),
        Optional.of(new Credentials("access", "secret")));
  }

  /** Answers with a header that does not end, until the connection breaks. */
  private void trickle(ServerSocket server) {
    try (Socket socket = server.accept();
        OutputStream out = socket.getOutputStream()) {
      accepted.set(true);
      out.write("HTTP/1.1 200 OK\r\nx-slow: ".getBytes(US_ASCII));
      while (true) {
        out.write('a');
        out.flush();
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (IOException e) {
      // as it is to be
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
