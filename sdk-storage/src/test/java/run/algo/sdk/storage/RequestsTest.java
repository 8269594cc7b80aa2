package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.FileStoreSettings.Credentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class RequestsTest {

  private final Requests requests =
      new Requests(new RequestLimits(), Optional.of(new Credentials("the-access", "the-secret")));

  private static SdkException answer(int status, String code, String message) {
    return S3Exception.builder()
        .statusCode(status)
        .message(message)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
        .build();
  }

  @Test
  void whatMayPassIsTriedAgain() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    String answer =
        requests.call(
            Deadline.after(Duration.ofMinutes(1)),
            () -> {
              if (tries.incrementAndGet() < 3) {
                throw answer(503, "SlowDown", "not now");
              }
              return "done";
            });
    assertThat(answer).isEqualTo("done");
    assertThat(tries).hasValue(3);
  }

  @Test
  void nothingIsTriedAgainBehindTheDeadline() {
    AtomicInteger tries = new AtomicInteger();
    assertThatThrownBy(
            () ->
                requests.call(
                    Deadline.after(Duration.ZERO),
                    () -> {
                      tries.incrementAndGet();
                      throw answer(503, "SlowDown", "not now");
                    }))
        .isInstanceOf(S3Exception.class);
    assertThat(tries).hasValue(1);
  }

  @Test
  void whatWillNotPassIsKnown() {
    assertThat(Requests.mayPass(answer(500, "InternalError", ""))).isTrue();
    assertThat(Requests.mayPass(answer(400, "RequestTimeout", ""))).isTrue();
    assertThat(Requests.mayPass(answer(429, "TooManyRequests", ""))).isTrue();
    assertThat(Requests.mayPass(SdkClientException.create("", new IOException("cut")))).isTrue();
    assertThat(Requests.mayPass(answer(501, "NotImplemented", ""))).isFalse();
    assertThat(Requests.mayPass(answer(403, "AccessDenied", ""))).isFalse();
    assertThat(Requests.mayPass(answer(404, "NoSuchKey", ""))).isFalse();
    assertThat(Requests.mayPass(SdkClientException.create("wrong use"))).isFalse();
  }

  @Test
  void failuresAreToldInThePortsTerms() {
    assertThat(requests.translate("reading", "a", answer(404, "NoSuchKey", "")))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(requests.translate("reading", "a", answer(403, "AccessDenied", "")))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(requests.translate("reading", "a", answer(404, "NoSuchUpload", "")))
        .isExactlyInstanceOf(IOException.class);
    assertThat(requests.translateWrite("writing", "a", answer(404, "NoSuchBucket", "")))
        .isExactlyInstanceOf(IOException.class);
  }

  @Test
  void credentialsAreMaskedAndACauseThatHoldsThemIsLeftOut() {
    IOException told =
        requests.translate("reading", "a", answer(400, "Bad", "key the-access with the-secret"));
    assertThat(told).hasMessageContaining("***").hasNoCause();
    assertThat(told.getMessage()).doesNotContain("the-access", "the-secret");

    SdkException deep = SdkClientException.create("failed", new IOException("header the-secret"));
    assertThat(requests.translate("reading", "a", deep)).hasNoCause();
    assertThat(requests.translate("reading", "a", answer(400, "Bad", "plain")))
        .hasCauseInstanceOf(S3Exception.class);
  }
}
