package run.algo.sdk.testkit.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import run.algo.sdk.testkit.tls.TestCertificates;

/** Serves TLS with the certificate for localhost of a test authority. */
final class ServerTls {

  private ServerTls() {}

  static ServerSocketFactory sockets(TestCertificates certificates) {
    Map<String, String> pem = certificates.brokerProperties();
    try {
      Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(
                      text(pem, "ssl.keystore.certificate.chain").getBytes(UTF_8)));
      byte[] key =
          Base64.getMimeDecoder()
              .decode(text(pem, "ssl.keystore.key").replaceAll("-----[A-Z ]+-----", ""));
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server",
          KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(key)),
          new char[0],
          new Certificate[] {certificate});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context.getServerSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Cannot serve TLS with the test certificates", e);
    }
  }

  private static String text(Map<String, String> pem, String name) {
    return Objects.requireNonNull(pem.get(name), name);
  }
}
