package run.algo.sdk.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server by plain HTTP; that it is S3 is seen where a real client talks to it. */
class EmbeddedS3IT {

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private EmbeddedS3 s3;

  @BeforeEach
  void start() {
    s3 = EmbeddedS3.builder().anonymous().start();
    s3.createBucket("bucket");
    s3.createBucket("bucket");
  }

  @AfterEach
  void close() {
    s3.close();
    s3.close();
  }

  private HttpResponse<String> send(String method, String target, String body, String... headers)
      throws IOException, InterruptedException {
    BodyPublisher content =
        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(s3.endpoint() + target)).method(method, content);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void objectsAndTheirTagsAreKept() throws Exception {
    assertThat(send("PUT", "/bucket/a/b", "one", "x-amz-tagging", "trace=t%2F1").statusCode())
        .isEqualTo(200);
    assertThat(send("PUT", "/bucket/a/b/c", "two").statusCode()).isEqualTo(200);

    assertThat(send("GET", "/bucket/a/b", "").body()).isEqualTo("one");
    assertThat(send("GET", "/bucket/a/b?tagging", "").body())
        .contains("<Key>trace</Key><Value>t/1</Value>");
    assertThat(send("GET", "/bucket?list-type=2&prefix=a/", "").body())
        .contains("<Key>a/b</Key>", "<Key>a/b/c</Key>");
    send("DELETE", "/bucket/a/b", "");
    assertThat(send("GET", "/bucket/a/b", "").statusCode()).isEqualTo(404);
    assertThat(send("GET", "/bucket/a/b?tagging", "").statusCode()).isEqualTo(404);
    assertThat(s3.requests(S3RequestKind.PUT_OBJECT)).isEqualTo(2);
    assertThat(s3.hasBucket("bucket")).isTrue();
    assertThat(s3.hasBucket("none")).isFalse();
  }

  @Test
  void openUploadsAreToldUntilTheyEnd() throws Exception {
    String answer = send("POST", "/bucket/k?uploads", "").body();
    String id = answer.replaceAll("(?s).*<UploadId>(.*)</UploadId>.*", "$1");

    assertThat(s3.openUploads("bucket")).containsExactly("k");
    assertThat(s3.openUploads("none")).isEmpty();
    send("DELETE", "/bucket/k?uploadId=" + id, "");
    assertThat(s3.openUploads("bucket")).isEmpty();
  }

  @Test
  void faultsHappenAsOftenAsTheyAreToAndWhereTheyAreTo() throws Exception {
    send("PUT", "/bucket/k", "content");
    s3.addFault(S3Fault.error(503).on(S3RequestKind.GET_OBJECT).times(2));

    assertThat(send("HEAD", "/bucket/k", "").statusCode()).isEqualTo(200);
    HttpResponse<String> refused = send("GET", "/bucket/k", "");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("<Code>SlowDown</Code>");
    assertThat(send("GET", "/bucket/k", "").statusCode()).isEqualTo(503);
    assertThat(send("GET", "/bucket/k", "").body()).isEqualTo("content");

    s3.addFault(S3Fault.error(500).rate(0.5));
    int failed = 0;
    for (int i = 0; i < 60; i++) {
      failed += send("GET", "/bucket/k", "").statusCode() == 500 ? 1 : 0;
    }
    assertThat(failed).isBetween(10, 50);
    s3.clearFaults();
    assertThat(send("GET", "/bucket/k", "").statusCode()).isEqualTo(200);
  }

  @Test
  void connectionsAreCut() throws Exception {
    String content = "x".repeat(300_000);
    send("PUT", "/bucket/k", content);
    s3.addFault(S3Fault.cutResponse(100_000).on(S3RequestKind.GET_OBJECT).times(1));
    assertThatThrownBy(() -> send("GET", "/bucket/k", "")).isInstanceOf(IOException.class);
    assertThat(send("GET", "/bucket/k", "").body()).isEqualTo(content);

    s3.addFault(S3Fault.cutRequest(100_000).on(S3RequestKind.PUT_OBJECT).times(1));
    assertThatThrownBy(() -> send("PUT", "/bucket/k", "y".repeat(300_000)))
        .isInstanceOf(IOException.class);
    assertThat(send("GET", "/bucket/k", "").body()).isEqualTo(content);

    s3.addFault(S3Fault.cutResponse(-1).on(S3RequestKind.PUT_OBJECT).times(1));
    assertThatThrownBy(() -> send("PUT", "/bucket/k", "z")).isInstanceOf(IOException.class);
    assertThat(send("GET", "/bucket/k", "").body()).isEqualTo("z");
  }

  @Test
  void answersAreDelayed() throws Exception {
    s3.addFault(S3Fault.delay(Duration.ofMillis(200)).times(1));
    long begun = System.nanoTime();
    send("HEAD", "/bucket", "");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(199));
  }

  @Test
  void aStopKeepsAddressAndContent() throws Exception {
    send("PUT", "/bucket/k", "content");
    URI endpoint = s3.endpoint();
    s3.stop();
    assertThatThrownBy(() -> send("GET", "/bucket/k", "")).isInstanceOf(IOException.class);
    s3.restart();
    assertThat(s3.endpoint()).isEqualTo(endpoint);
    assertThat(send("GET", "/bucket/k", "").body()).isEqualTo("content");
  }

  @Test
  void withCredentialsNobodyElseIsLetIn(@TempDir Path folder) throws Exception {
    s3.close();
    s3 = EmbeddedS3.builder().directory(folder).start();
    s3.createBucket("bucket");

    assertThat(send("PUT", "/bucket/k", "content").statusCode()).isEqualTo(403);
    assertThat(s3.connectionString())
        .contains(s3.credentials().orElseThrow().secretKey() + "@" + s3.endpoint().getAuthority());
    assertThat(folder.resolve("bucket")).isDirectory();
  }
}
