package run.algo.sdk.kafka.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever a file holds, the outcome is a key, certificates or a {@link PemException} that tells no
 * secret.
 */
class PemFuzzTest {
  private static final TestPki CA = TestPki.authority("ca");
  private static final KeyPair RSA = TestPki.rsa();
  private static final KeyPair EC = TestPki.ec("secp256r1");
  private static final X509Certificate RSA_CERTIFICATE = CA.issue("rsa", RSA);
  private static final X509Certificate EC_CERTIFICATE = CA.issue("ec", EC);

  private final Random random = new Random(20260101);
  private int keys;
  private int refused;

  @Test
  void randomBytesAreRefused() {
    String[] labels = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"};
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 1 && random.nextBoolean()) {
        bytes[0] = Der.SEQUENCE;
        bytes[1] = (byte) (bytes.length - 2);
      }
      String label = labels[random.nextInt(labels.length)];
      parse(TestPki.pem("EC PARAMETERS", bytes) + TestPki.pem(label, bytes), bytes);
      parse(new String(bytes, StandardCharsets.ISO_8859_1), bytes);
    }
    assertThat(keys).isZero();
    assertThat(refused).isEqualTo(8000);
  }

  @Test
  void mutatedKeysAndCertificatesGiveNoOtherException() throws CertificateEncodingException {
    byte[][] originals = {
      RSA.getPrivate().getEncoded(),
      EC.getPrivate().getEncoded(),
      TestPki.pkcs1Der(RSA),
      TestPki.sec1Der(EC, true),
      RSA_CERTIFICATE.getEncoded()
    };
    String[] labels = {
      "PRIVATE KEY", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"
    };
    for (int i = 0; i < 3000; i++) {
      int which = i % originals.length;
      byte[] mutated = mutate(originals[which]);
      parse(TestPki.pem(labels[which], mutated), mutated);
    }
    assertThat(keys).as("some mutations leave a key behind").isPositive();
    assertThat(refused).as("most do not").isGreaterThan(2000);
  }

  @Test
  void mutatedTextGivesNoOtherException() {
    String text = TestPki.sec1WithParametersBlock(EC) + TestPki.pkcs1(RSA);
    for (int i = 0; i < 1500; i++) {
      byte[] mutated = mutate(text.getBytes(StandardCharsets.ISO_8859_1));
      parse(new String(mutated, StandardCharsets.ISO_8859_1), EC.getPrivate().getEncoded());
    }
    assertThat(refused).isPositive();
    assertThat(keys).isPositive();
  }

  private byte[] mutate(byte[] original) {
    byte[] bytes = original.clone();
    // Structure is at the front, so most mutations go there.
    int range = random.nextBoolean() ? Math.min(40, bytes.length) : bytes.length;
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      bytes[random.nextInt(range)] = (byte) random.nextInt(256);
    }
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(5));
      default -> bytes;
    };
  }

  private void parse(String pem, byte[] secret) {
    try {
      PrivateKey key = PemFiles.privateKey(pem);
      keys++;
      // A broken key must not break the comparison either; signing with RSA is slow, so not each
      // time.
      if (keys % 8 == 0) {
        PemFiles.matches(key.getAlgorithm().equals("EC") ? EC_CERTIFICATE : RSA_CERTIFICATE, key);
      }
    } catch (PemException e) {
      refused++;
      assertThat(e.getMessage()).startsWith("The PEM text").hasSizeLessThan(300);
      assertThat(e.getCause()).isNull();
      if (secret.length > 12) {
        String encoded = Base64.getEncoder().encodeToString(secret);
        assertThat(e.getMessage()).doesNotContain(encoded.substring(0, 12));
      }
    }
    try {
      assertThat(PemFiles.certificates(pem)).isNotEmpty();
    } catch (PemException e) {
      refused++;
      assertThat(e.getMessage()).startsWith("The PEM text").hasSizeLessThan(300);
    }
  }
}
