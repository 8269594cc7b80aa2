package run.algo.sdk.testkit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TestCertificatesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "RSA, PKCS8, BEGIN PRIVATE KEY",
    "RSA, PKCS1, BEGIN RSA PRIVATE KEY",
    "EC, PKCS8, BEGIN PRIVATE KEY",
    "EC, SEC1, BEGIN EC PRIVATE KEY"
  })
  void clientKeyBelongsToItsCertificate(KeyType type, KeyFormat format, String label)
      throws Exception {
    TestCertificates certificates = TestCertificates.create(directory, type);

    ClientCertificate client = certificates.issueClient("algo", type, format);

    assertThat(client.keyFile()).content().contains(label).isEqualTo(client.keyPem());
    X509Certificate certificate = parse(Files.readString(client.certificateFile()));
    assertThat(certificate).isEqualTo(client.certificate());
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=algo");
    certificate.checkValidity();
    certificate.verify(parse(Files.readString(certificates.caFile())).getPublicKey());
    assertFits(parseKey(client.keyFile()), certificate.getPublicKey(), type);
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void brokerCertificateIsForLocalhost(KeyType type) throws Exception {
    TestCertificates certificates = TestCertificates.create(directory, type);

    X509Certificate broker =
        parse(certificates.brokerProperties().get("ssl.keystore.certificate.chain"));

    broker.verify(parse(certificates.caPem()).getPublicKey());
    assertThat(broker.getSubjectAlternativeNames().stream().map(name -> (Object) name.get(1)))
        .containsExactlyInAnyOrder("localhost", "127.0.0.1");
    assertThat(parse(certificates.caPem()).getBasicConstraints()).isGreaterThanOrEqualTo(0);
    assertThat(broker.getBasicConstraints()).isEqualTo(-1);
  }

  @Test
  void rotationReplacesTheFiles() throws Exception {
    TestCertificates certificates = TestCertificates.create(directory);

    ClientCertificate first = certificates.issueClient("algo");
    ClientCertificate second = certificates.issueClient("algo");

    assertThat(second.certificateFile()).isEqualTo(first.certificateFile());
    assertThat(second.certificateFile()).content().isEqualTo(second.certificatePem());
    assertThat(second.keyFile()).content().isEqualTo(second.keyPem());
    assertThat(second.keyPem()).isNotEqualTo(first.keyPem());
    assertThat(second.certificate().getSerialNumber())
        .isNotEqualTo(first.certificate().getSerialNumber());
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("ca.crt", "algo.crt", "algo.key");
    }
  }

  @Test
  void formatMustFitTheType() {
    TestCertificates certificates = TestCertificates.create(directory);

    assertThatThrownBy(() -> certificates.issueClient("algo", KeyType.EC, KeyFormat.PKCS1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("PKCS1", "EC", "PKCS8");
    assertThatThrownBy(() -> certificates.issueClient("algo", KeyType.RSA, KeyFormat.SEC1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keyIsNotPrinted() {
    ClientCertificate client = TestCertificates.create(directory).issueClient("algo");

    assertThat(client.toString()).contains("CN=algo").doesNotContain("PRIVATE KEY");
  }

  private static X509Certificate parse(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static PrivateKey parseKey(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      Object parsed = parser.readObject();
      PrivateKeyInfo info =
          parsed instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : (PrivateKeyInfo) parsed;
      return new JcaPEMKeyConverter().getPrivateKey(info);
    }
  }

  private static void assertFits(PrivateKey privateKey, PublicKey publicKey, KeyType type)
      throws Exception {
    String algorithm = type == KeyType.RSA ? "SHA256withRSA" : "SHA256withECDSA";
    byte[] text = "text".getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(privateKey);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(text);
    assertThat(signature.verify(signed)).isTrue();
  }
}
