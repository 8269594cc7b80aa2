package run.algo.sdk.kafka.internal.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateExpiryTest {

  @TempDir Path folder;

  private static String pem(X509Certificate certificate) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static Instant end(TestPki authority) {
    return authority.certificate.getNotAfter().toInstant();
  }

  @Test
  void theFirstToExpireCountsAndFilesAreReadAnew() throws IOException {
    TestPki one = TestPki.authority("one");
    TestPki other = TestPki.authority("other");
    Path file = Files.writeString(folder.resolve("ca"), pem(one.certificate), US_ASCII);
    assertThat(CertificateExpiry.of(Map.of("ca", file))).isEqualTo(Map.of("ca", end(one)));
    Files.writeString(file, pem(other.certificate) + pem(one.certificate), US_ASCII);
    Instant first = end(one).isBefore(end(other)) ? end(one) : end(other);
    assertThat(CertificateExpiry.of(Map.of("ca", file))).isEqualTo(Map.of("ca", first));
  }

  @Test
  void whatCannotBeReadIsLeftOutAndTheOthersAreTold() throws IOException {
    TestPki one = TestPki.authority("one");
    Path file = Files.writeString(folder.resolve("ca"), pem(one.certificate), US_ASCII);
    Path broken =
        Files.writeString(folder.resolve("user"), "-----BEGIN CERTIFICATE-----\nx", US_ASCII);
    Map<String, Path> files =
        Map.of("ca", file, "user", broken, "missing", folder.resolve("missing"));
    assertThat(CertificateExpiry.of(files)).isEqualTo(Map.of("ca", end(one)));
  }
}
