package run.algo.sdk.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.spi.FileStoreSettings.Credentials;

class SpiValuesTest {

  private static FileReference file(OptionalLong size, Optional<String> sha256) {
    return new FileReference("h", "b", "f", size, sha256, Optional.empty());
  }

  private static FileStoreSettings settings(String endpoint) {
    return new FileStoreSettings(
        URI.create(endpoint),
        "us-east-1",
        "b",
        Set.of(),
        Path.of("input"),
        Optional.of(new Credentials("the-access", "the-secret")));
  }

  @Test
  void aPlanCopiesItsStepsAndRefusesAnIndexThatOccursTwice() {
    List<RetryStep> steps = new ArrayList<>(List.of(new RetryStep(1, Duration.ZERO, 0)));
    RetryPlan plan = new RetryPlan(steps);
    steps.add(new RetryStep(1, Duration.ofSeconds(1), 0));

    assertThat(plan.steps()).hasSize(1);
    assertThatThrownBy(() -> new RetryPlan(steps))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("index 1");
  }

  @Test
  void aPlanHasNeitherJitterNorBudgetUnlessItSaysSo() {
    RetryPlan plan = new RetryPlan(List.of());
    assertThat(plan.jitter()).isZero();
    assertThat(plan.budget()).isEmpty();
    plan = new RetryPlan(List.of(), 1, Optional.of(Duration.ZERO));
    assertThat(plan.jitter()).isEqualTo(1);
    assertThat(plan.budget()).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aJitterIsAFraction(double jitter) {
    assertThatThrownBy(() -> new RetryPlan(List.of(), jitter, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jitter")
        .hasMessageEndingWith("from 0 to 1, it cannot be " + jitter);
  }

  @Test
  void aBudgetIsNotNegative() {
    assertThatThrownBy(() -> new RetryPlan(List.of(), 0, Optional.of(Duration.ofSeconds(-5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("budget")
        .hasMessageContaining("PT-5S");
  }

  @Test
  void aTryWaitsItsStepsBackoffUnlessItSaysOtherwise() {
    RetryStep step = new RetryStep(7, Duration.ofSeconds(2), 3);
    assertThat(new RetryDecision.Retry(step, 1).backoff()).isEqualTo(Duration.ofSeconds(2));
    assertThat(new RetryDecision.Retry(step, 1, Duration.ofSeconds(3)).backoff())
        .isEqualTo(Duration.ofSeconds(3));
    assertThatThrownBy(() -> new RetryDecision.Retry(step, 1, Duration.ofSeconds(-3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("step 7")
        .hasMessageContaining("PT-3S");
    assertThatThrownBy(() -> new RetryDecision.Retry(step, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retryNum");
  }

  @Test
  void impossibleStepsAndTriesAreRefused() {
    assertThatThrownBy(() -> new RetryStep(3, Duration.ofMillis(-1), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("step 3");
    assertThatThrownBy(() -> new RetryState.After(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retryNum");
    assertThat(new RetryStep(0, Duration.ZERO, -3).tries()).isEqualTo(1);
    assertThat(new RetryStep(0, Duration.ZERO, 3).tries()).isEqualTo(3);
  }

  @Test
  void aReferenceHasNoNegativeSize() {
    assertThat(file(OptionalLong.of(0), Optional.empty()).size()).hasValue(0);
    assertThatThrownBy(() -> file(OptionalLong.of(-1), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("size");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
        "g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
      })
  void aDigestIs64LowerCaseHexDigits(String digest) {
    assertThatThrownBy(() -> file(OptionalLong.empty(), Optional.of(digest)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sha256");
  }

  @Test
  void credentialsAreNeverPrinted() {
    assertThat(settings("http://minio:9000").toString())
        .contains("minio:9000")
        .doesNotContain("the-access")
        .doesNotContain("the-secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"minio", "http:///x", "http://a:s3cr3t@minio:9000"})
  void anEndpointIsAHostWithoutCredentials(String endpoint) {
    assertThatThrownBy(() -> settings(endpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("endpoint")
        .hasMessageNotContaining("s3cr3t");
  }
}
