package run.algo.sdk.testkit.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Map;

/**
 * A certificate authority for tests: signs the certificate of a broker on localhost, and client
 * certificates on demand, and writes them as PEM files.
 *
 * <pre>{@code
 * TestCertificates certificates = TestCertificates.create(directory);
 * ClientCertificate client = certificates.issueClient("word-count");
 * }</pre>
 *
 * <p>The certificates hold from an hour ago for thirty days. Thread-safe.
 *
 * @since 0.1.0
 */
public final class TestCertificates {
  private final Path directory;
  private final KeyType keyType;
  private final Authority authority;
  private final Path caFile;
  private final String caPem;
  private final String brokerCertificate;
  private final String brokerKey;

  private TestCertificates(Path directory, KeyType keyType) {
    this.directory = directory;
    this.keyType = keyType;
    authority = new Authority("Algo SDK test authority", keyType);
    caPem = Pem.of(authority.certificate());
    caFile = write("ca.crt", caPem);
    KeyPair broker = Authority.newKeyPair(keyType);
    brokerCertificate = Pem.of(authority.issueServer(broker));
    brokerKey = Pem.of(broker, KeyFormat.PKCS8);
  }

  /**
   * Creates an authority with RSA keys.
   *
   * @param directory folder of the PEM files, created when absent
   * @return the authority, its certificate written to {@code ca.crt}
   * @throws UncheckedIOException when the folder cannot be written
   */
  public static TestCertificates create(Path directory) {
    return create(directory, KeyType.RSA);
  }

  /**
   * Creates an authority.
   *
   * @param directory folder of the PEM files, created when absent
   * @param keyType type of the keys of the authority, of the broker and, unless said otherwise, of
   *     the clients
   * @return the authority, its certificate written to {@code ca.crt}
   * @throws UncheckedIOException when the folder cannot be written
   */
  public static TestCertificates create(Path directory, KeyType keyType) {
    return new TestCertificates(directory, keyType);
  }

  /**
   * Returns the PEM file of the authority's certificate.
   *
   * @return what a client trusts
   */
  public Path caFile() {
    return caFile;
  }

  /**
   * Returns the authority's certificate.
   *
   * @return the text of {@link #caFile()}
   */
  public String caPem() {
    return caPem;
  }

  /**
   * Issues a client certificate with a new key of this authority's type, in PKCS#8.
   *
   * @param commonName the CN of its subject, and the name of its files
   * @return the certificate
   * @throws UncheckedIOException when the files cannot be written
   * @see #issueClient(String, KeyType, KeyFormat)
   */
  public ClientCertificate issueClient(String commonName) {
    return issueClient(commonName, keyType, KeyFormat.PKCS8);
  }

  /**
   * Issues a client certificate with a new key and writes {@code <commonName>.crt} and {@code
   * <commonName>.key}. Issuing for the same name again replaces both files, as a rotation does:
   * each file at once, the key first.
   *
   * @param commonName the CN of its subject, and the name of its files
   * @param type type of the key
   * @param format format of the key file, which must fit the type
   * @return the certificate
   * @throws IllegalArgumentException when the format does not fit the type
   * @throws UncheckedIOException when the files cannot be written
   */
  public ClientCertificate issueClient(String commonName, KeyType type, KeyFormat format) {
    boolean fits =
        switch (format) {
          case PKCS8 -> true;
          case PKCS1 -> type == KeyType.RSA;
          case SEC1 -> type == KeyType.EC;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          format + " cannot hold a key of type " + type + ": use PKCS8, which holds both");
    }
    KeyPair pair = Authority.newKeyPair(type);
    X509Certificate certificate = authority.issueClient(commonName, pair);
    String keyPem = Pem.of(pair, format);
    String certificatePem = Pem.of(certificate);
    Path keyFile = write(commonName + ".key", keyPem);
    Path certificateFile = write(commonName + ".crt", certificatePem);
    return new ClientCertificate(certificateFile, keyFile, certificatePem, keyPem, certificate);
  }

  /**
   * Returns what a Kafka broker needs to serve TLS on localhost with this authority: its key and
   * certificate, and whom it trusts.
   *
   * @return broker settings by name, without a listener's prefix
   */
  public Map<String, String> brokerProperties() {
    return Map.of(
        "ssl.keystore.type", "PEM",
        "ssl.keystore.certificate.chain", brokerCertificate,
        "ssl.keystore.key", brokerKey,
        "ssl.truststore.type", "PEM",
        "ssl.truststore.certificates", caPem);
  }

  private Path write(String name, String text) {
    Path file = directory.resolve(name);
    try {
      Files.createDirectories(directory);
      // A reader of the file sees the old or the new text, never half of it.
      Path draft = Files.createTempFile(directory, name, ".new");
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
