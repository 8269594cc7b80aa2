package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorageSettingsTest {

  private static Env host(String text) {
    return Env.valid().with("MC_HOST_algorun", text);
  }

  @ParameterizedTest
  @CsvSource({
    "http://AK:SK@minio:9000, AK, SK, http://minio:9000",
    "https://AK:SK@minio, AK, SK, https://minio",
    "HTTPS://AK:SK@minio, AK, SK, https://minio",
    "http://A/K:S/K@minio:9000, A/K, S/K, http://minio:9000",
    "http://A#K:S#K@minio:9000, A#K, S#K, http://minio:9000",
    "http://A+K:S+K@minio:9000, A+K, S+K, http://minio:9000",
    "http://A%K:S%2FK@minio:9000, A%K, S%2FK, http://minio:9000",
    "http://A@K:S@K@minio:9000, A@K, S@K, http://minio:9000",
    "http://AK:S:K:@minio:9000, AK, S:K:, http://minio:9000",
    "http://AK:S?K@[::1]:9000, AK, S?K, http://[::1]:9000",
    "http://AK:/@10.0.0.1:80, AK, /, http://10.0.0.1:80",
    "http://AK:http://x@h:1, AK, http://x, http://h:1",
  })
  void credentialsNeedNoEscapes(String text, String access, String secret, String endpoint) {
    StorageSettings storage = host(text).load().storage();
    assertThat(storage.accessKey()).contains(access);
    assertThat(storage.secretKey()).contains(new Secret(secret));
    assertThat(storage.endpoint()).contains(URI.create(endpoint));
    assertThat(storage.region()).isEqualTo("us-east-1");
    assertThat(storage.bucket()).isEmpty();
  }

  @Test
  void withoutCredentialsItIsAnonymous() {
    StorageSettings storage = host("http://minio:9000").load().storage();
    assertThat(storage.endpoint()).contains(URI.create("http://minio:9000"));
    assertThat(storage.credentials()).isEmpty();
    assertThat(Env.valid().load().storage().endpoint()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "minio:9000",
        "AccessOfMine:SecretOfMine@minio:9000",
        "ftp://AccessOfMine:SecretOfMine@minio",
        "s3://AccessOfMine:SecretOfMine@minio",
        "http:/AccessOfMine:SecretOfMine@minio",
        "http://AccessOfMine:SecretOfMine@",
        "http://AccessOfMine:SecretOfMine@minio/",
        "http://AccessOfMine:SecretOfMine@minio/path",
        "http://AccessOfMine:SecretOfMine@minio?a=b",
        "http://AccessOfMine:SecretOfMine@minio#f",
        "http://AccessOfMine:SecretOfMine@minio:0",
        "http://AccessOfMine:SecretOfMine@minio:99999",
        "http://AccessOfMine:SecretOfMine@minio:",
        "http://AccessOfMine:SecretOfMine@mi nio",
        "http://AccessOfMine:SecretOfMine@my_host",
        "http://AccessOfMine:SecretOfMine@[::1",
        "http://AccessOfMine:SecretOfMine@[:::::1]",
        "http://AccessOfMine@minio",
        "http://AccessOfMine:@minio",
        "http://:SecretOfMine@minio",
        "http://@minio",
        "http://",
        "http://AccessOfMine:SecretOfMine",
        "http://AccessOfMine:SecretOfMine@minio\n",
      })
  void aMalformedStringIsAProblemAndNeverPrinted(String text) {
    assertThat(host(text).problem())
        .startsWith("MC_HOST_algorun = ***: ")
        .endsWith("or leave ACCESS:SECRET@ out for anonymous access")
        .doesNotContain("OfMine");
  }

  @Test
  void nothingOfItIsPrinted() {
    AlgoSettings settings = host("http://AccessOfMine:SecretOfMine@minio:9000").load();
    assertThat(settings + " " + settings.storage() + settings.effective()).doesNotContain("OfMine");
    assertThat(settings.effective()).containsEntry("MC_HOST_algorun", "http://***@minio:9000");
  }

  @Test
  void theBucketIsTheVariableElseDerived() {
    String json = "{\"deploymentOwner\":\"Local\",\"deploymentName\":\"Test-1\"}";
    Env env = Env.valid().with("ALGO_RUNNER_CONFIG", json);
    assertThat(env.load().storage().bucket()).contains("local.test-1");
    env.with("STORAGE_BUCKET_NAME", "Files-{DeploymentName}.{deploymentowner}")
        .with("STORAGE_REGION", "eu-central-1");
    assertThat(env.load().storage().bucket()).contains("files-test-1.local");
    assertThat(env.load().storage().region()).isEqualTo("eu-central-1");
    for (String bad : new String[] {"ab", "a_b_c", "-abc", "a..b", "{other}", "x".repeat(64)}) {
      assertThat(env.with("STORAGE_BUCKET_NAME", bad).problem())
          .startsWith("STORAGE_BUCKET_NAME = " + bad + ": is not the name of a bucket");
    }
    assertThat(Env.valid().with("STORAGE_REGION", "eu central").problem())
        .startsWith("STORAGE_REGION = eu central: is not the name of a region");
  }

  @Test
  void storageThatIsNeededMustBeThere() {
    assertThat(Env.valid().with("ALGO_OVERSIZE", "reference").problems())
        .extracting(problem -> problem.setting() + " " + problem.value())
        .containsExactly("MC_HOST_algorun (not set)", "STORAGE_BUCKET_NAME (not set)");
    assertThat(
            host("http://minio")
                .with("ALGO_OVERSIZE", "reference")
                .with("STORAGE_BUCKET_NAME", "files")
                .load()
                .engine()
                .oversize())
        .isEqualTo(OversizeAction.REFERENCE);
    String json =
        """
        {"owner":"a","name":"n","version":"1",
         "pipes":[{"sourceName":"a/n:1[0]","sourceOutputName":"out",
                   "sourceOutputMessageDataType":"FileReference"}]}
        """;
    assertThat(
            host("http://minio")
                .with("ALGO_RUNNER_CONFIG", json)
                .with("KAFKA_OUTPUT_TOPIC_OUT", "t")
                .outputs("out")
                .problem())
        .startsWith("STORAGE_BUCKET_NAME = (not set): is required: the output out needs a bucket");
  }
}
