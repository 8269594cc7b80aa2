package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileStoreSettings.Credentials;

class S3FileStoreProviderTest {

  private static FileStore open(String endpoint, String bucket, Optional<Path> caFile) {
    return new S3FileStoreProvider()
        .open(
            new FileStoreSettings(
                URI.create(endpoint),
                "us-east-1",
                bucket,
                Set.of(),
                Path.of("/input"),
                Optional.of(new Credentials("the-access", "the-secret")),
                new FileStoreOptions(
                    FileStoreOptions.MIN_PART_SIZE, 1, false, Duration.ofSeconds(1), caFile)));
  }

  @Test
  void aStoreTellsWhereItIsAndNoCredentials() {
    try (FileStore store = open("https://minio:9000", "local.test", Optional.empty())) {
      assertThat(store).hasToString("S3FileStore[minio:9000/local.test]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "UPPER", "a/b", "arn:aws:s3", "-ab", "a b c", "x_y"})
  void aNameThatIsNoBucketsIsRefused(String bucket) {
    assertThatThrownBy(() -> open("http://minio:9000", bucket, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bucket");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://minio", "http://minio/path", "http://minio?query", "//minio"})
  void anEndpointThatIsNoneIsRefused(String endpoint) {
    assertThatThrownBy(() -> open(endpoint, "local.test", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("endpoint");
  }

  @Test
  void aFileWithoutCertificatesIsRefused(@TempDir Path folder) throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.pem"));
    Path noise = Files.writeString(folder.resolve("noise.pem"), "no certificate");
    for (Path file : new Path[] {empty, noise, folder.resolve("missing.pem")}) {
      assertThatThrownBy(() -> open("https://minio", "local.test", Optional.of(file)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("caFile");
    }
  }
}
