package run.algo.sdk.kafka.internal.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificates and private keys out of PEM, with no library but the JDK.
 *
 * <p>Keys are read as PKCS#8 ({@code PRIVATE KEY}), PKCS#1 ({@code RSA PRIVATE KEY}) and SEC1
 * ({@code EC PRIVATE KEY}, its curve named in the key or in an {@code EC PARAMETERS} block before
 * it), RSA and EC. Text around the blocks, a byte order mark and any line ending are tolerated;
 * blocks must be whole. Encrypted keys are refused.
 *
 * <p>Every failure is a {@link PemException} that names the source and the remedy and holds no key
 * material. Files are read whole and may have up to 4 MiB. All methods are stateless and thread
 * safe.
 *
 * @since 0.1.0
 */
public final class PemFiles {
  private static final int MAX_BYTES = 4 << 20;
  private static final String TEXT = "The PEM text";

  private PemFiles() {}

  /**
   * The certificates of a file in their order, at least one: a chain with the leaf first, or
   * trusted authorities.
   *
   * @throws PemException if the file is missing, unreadable, a directory, damaged or holds no
   *     certificate
   */
  public static List<X509Certificate> certificates(Path file) {
    return certificates(read(file), file.toString());
  }

  /**
   * The certificates of a PEM text in their order, at least one.
   *
   * @throws PemException if the text is damaged or holds no certificate
   */
  public static List<X509Certificate> certificates(byte[] pem) {
    return certificates(pem, TEXT);
  }

  /**
   * The certificates of a PEM text in their order, at least one.
   *
   * @throws PemException if the text is damaged or holds no certificate
   */
  public static List<X509Certificate> certificates(String pem) {
    return certificates(pem, TEXT);
  }

  /**
   * The first private key of a file.
   *
   * @throws PemException if the file is missing, unreadable, a directory or damaged, or holds no
   *     key, an encrypted key or one that is neither RSA nor EC
   */
  public static PrivateKey privateKey(Path file) {
    return privateKey(read(file), file.toString());
  }

  /**
   * The first private key of a PEM text.
   *
   * @throws PemException if the text is damaged or holds no key, an encrypted key or one that is
   *     neither RSA nor EC
   */
  public static PrivateKey privateKey(byte[] pem) {
    return privateKey(pem, TEXT);
  }

  /**
   * The first private key of a PEM text.
   *
   * @throws PemException if the text is damaged or holds no key, an encrypted key or one that is
   *     neither RSA nor EC
   */
  public static PrivateKey privateKey(String pem) {
    return PrivateKeys.first(PemBlock.parse(pem, TEXT), TEXT);
  }

  /** Whether the key is the certificate's: what it signs, the certificate's public key verifies. */
  public static boolean matches(X509Certificate certificate, PrivateKey key) {
    PublicKey publicKey = certificate.getPublicKey();
    if (!publicKey.getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    byte[] challenge = new byte[32];
    new SecureRandom().nextBytes(challenge);
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initSign(key);
      signature.update(challenge);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(challenge);
      return signature.verify(signed);
    } catch (GeneralSecurityException | RuntimeException e) {
      // A key whose numbers do not fit together fails while signing: it is nobody's key.
      return false;
    }
  }

  static List<X509Certificate> certificates(byte[] pem, String source) {
    return certificates(new String(pem, ISO_8859_1), source);
  }

  static PrivateKey privateKey(byte[] pem, String source) {
    return PrivateKeys.first(PemBlock.parse(new String(pem, ISO_8859_1), source), source);
  }

  static byte[] read(Path file) {
    if (Files.isDirectory(file)) {
      throw new PemException(file + " is a directory: name the PEM file in it");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new PemException(file + " is not a regular file: name a PEM file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new PemException(
          file + " does not exist: mount the PEM file there, or correct the path", e);
    } catch (IOException e) {
      throw new PemException(
          file
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "): let the user of this process read it, or correct the path",
          e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new PemException(
          file + " has more than " + MAX_BYTES + " bytes, it is not a PEM file: correct the path");
    }
    return bytes;
  }

  private static List<X509Certificate> certificates(String pem, String source) {
    List<PemBlock> blocks = PemBlock.parse(pem, source);
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemBlock block : blocks) {
      if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
        certificates.add(certificate(block.der(), source));
      }
    }
    if (certificates.isEmpty()) {
      throw new PemException(
          source
              + " holds no certificate"
              + (blocks.isEmpty()
                  ? ", it is not a PEM file: name a file with a line -----BEGIN CERTIFICATE-----"
                  : " but "
                      + blocks
                      + ": name the certificate file, perhaps it and another were swapped"));
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate certificate(byte[] der, String source) {
    try {
      // The factory would also take PEM, PKCS#7 and trailing bytes: only one whole element may
      // reach it.
      Der file = Der.of(der);
      file.enter(Der.SEQUENCE);
      file.finish();
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (DerException | CertificateException | RuntimeException e) {
      throw new PemException(
          source + " holds a certificate that cannot be read: copy it again, and whole", e);
    }
  }
}
