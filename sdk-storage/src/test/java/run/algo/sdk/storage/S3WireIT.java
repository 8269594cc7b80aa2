package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileTarget;

/** What requests look like to a storage. */
class S3WireIT {

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private String host;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    host = "127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange request) throws IOException {
    String scope =
        String.valueOf(request.getRequestHeaders().getFirst("Authorization"))
            .replaceFirst(".*Credential=[^/]+/[0-9]+/([^,]+),.*", "$1");
    seen.add(
        String.join(
            " ",
            request.getRequestMethod(),
            request.getRequestURI().getRawPath(),
            scope,
            "expect=" + request.getRequestHeaders().getFirst("Expect")));
    request.getRequestBody().readAllBytes();
    request.getResponseHeaders().add("ETag", "\"tag\"");
    // The bucket is there, and no object.
    boolean object = request.getRequestURI().getRawPath().indexOf('/', 1) > 0;
    boolean missing = request.getRequestMethod().equals("HEAD") && object;
    request.sendResponseHeaders(missing ? 404 : 200, -1);
    request.close();
  }

  private FileStore open() {
    return new S3FileStoreProvider()
        .open(
            new FileStoreSettings(
                URI.create("http://" + host),
                "eu-west-3",
                "own-bucket",
                Set.of("other-bucket"),
                Path.of("/input"),
                Optional.of(new FileStoreSettings.Credentials("access", "secret"))));
  }

  private Stream<String> puts() {
    return seen.stream().filter(line -> line.startsWith("PUT"));
  }

  /** Before a small body a go-ahead would only be one more round trip. */
  @Test
  void onlyALargeBodyIsAskedFor() throws IOException {
    try (FileStore store = open()) {
      store.write(FileTarget.of("small"), new byte[4_096]);
      store.write(FileTarget.of("large"), new byte[2 << 20]);
    }
    assertThat(puts())
        .containsExactly(
            "PUT /own-bucket/small eu-west-3/s3/aws4_request expect=null",
            "PUT /own-bucket/large eu-west-3/s3/aws4_request expect=100-continue");
  }

  /** Where requests go is kept by bucket: the second of each must go where the first did. */
  @Test
  void eachBucketHasItsOwnAddress() throws IOException {
    try (FileStore store = open()) {
      for (String bucket : List.of("own-bucket", "other-bucket", "own-bucket", "other-bucket")) {
        store
            .read(
                new FileReference(
                    host,
                    bucket,
                    "a b/" + seen.size(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Optional.empty()))
            .close();
      }
    }
    assertThat(seen)
        .containsExactly(
            "GET /own-bucket/a%20b/0 eu-west-3/s3/aws4_request expect=null",
            "GET /other-bucket/a%20b/1 eu-west-3/s3/aws4_request expect=null",
            "GET /own-bucket/a%20b/2 eu-west-3/s3/aws4_request expect=null",
            "GET /other-bucket/a%20b/3 eu-west-3/s3/aws4_request expect=null");
  }
}
