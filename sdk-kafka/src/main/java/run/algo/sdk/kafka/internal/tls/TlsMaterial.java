package run.algo.sdk.kafka.internal.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What TLS needs, made from one state of the files and checked as a whole; a new state makes a new
 * object. Immutable and thread safe.
 *
 * <p>Each has an {@link SSLContext} of its own. Sessions are cached by the context, so a connection
 * made after a rotation never resumes one that was authenticated by the old certificate.
 */
final class TlsMaterial {
  private final byte[] fingerprint;
  private final SSLContext context;
  private final @Nullable KeyStore keystore;
  private final @Nullable KeyStore truststore;
  private final @Nullable X509Certificate leaf;

  private TlsMaterial(
      byte[] fingerprint,
      SSLContext context,
      @Nullable KeyStore keystore,
      @Nullable KeyStore truststore,
      @Nullable X509Certificate leaf) {
    this.fingerprint = fingerprint;
    this.context = context;
    this.keystore = keystore;
    this.truststore = truststore;
    this.leaf = leaf;
  }

  /**
   * Makes TLS from the contents of the files.
   *
   * @throws PemException if a file is no PEM, holds the wrong things, or certificate and key do not
   *     match
   */
  static TlsMaterial of(TlsPaths paths, TlsContents contents) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keyManagers = new KeyManager[0];
      TrustManager[] trustManagers = null; // the JDK's
      KeyStore truststore = null;
      KeyStore keystore = null;
      X509Certificate leaf = null;
      if (contents.ca != null) {
        truststore = truststore(PemFiles.certificates(contents.ca, String.valueOf(paths.ca())));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(truststore);
        trustManagers = factory.getTrustManagers();
      }
      if (contents.certificate != null && contents.key != null) {
        List<X509Certificate> chain =
            PemFiles.certificates(contents.certificate, String.valueOf(paths.certificate()));
        PrivateKey key = PemFiles.privateKey(contents.key, String.valueOf(paths.key()));
        leaf = chain.get(0);
        if (!PemFiles.matches(leaf, key)) {
          throw new PemException(
              String.format(
                  "The private key %s is not the key of the certificate %s (%s, serial number %s): mount the two that"
                      + " were issued together, the client's certificate first in its file",
                  paths.key(),
                  paths.certificate(),
                  leaf.getSubjectX500Principal(),
                  leaf.getSerialNumber().toString(16)));
        }
        keystore = emptyStore();
        keystore.setKeyEntry("client", key, new char[0], chain.toArray(new X509Certificate[0]));
        keyManagers = new KeyManager[] {new ClientKeyManager(chain, key)};
      }
      context.init(keyManagers, trustManagers, null);
      return new TlsMaterial(contents.fingerprint(), context, keystore, truststore, leaf);
    } catch (GeneralSecurityException | IOException e) {
      throw new PemException("This JVM cannot make TLS from " + paths + ": " + e.getMessage(), e);
    }
  }

  private static KeyStore truststore(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca-" + i, authorities.get(i));
    }
    return store;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  boolean madeFrom(byte[] otherFingerprint) {
    return Arrays.equals(fingerprint, otherFingerprint);
  }

  SSLContext context() {
    return context;
  }

  /** The client's chain and key under an empty password; null without them. */
  @Nullable KeyStore keystore() {
    return keystore;
  }

  /** The trusted authorities; null when they are the JDK's. */
  @Nullable KeyStore truststore() {
    return truststore;
  }

  /** When the client's certificate ends to be valid; empty without one. */
  Optional<Instant> expiry() {
    return leaf == null ? Optional.empty() : Optional.of(leaf.getNotAfter().toInstant());
  }
}
