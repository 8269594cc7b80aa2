package run.algo.sdk.testkit.tls;

import java.nio.file.Path;
import java.security.cert.X509Certificate;

/**
 * A certificate issued to a client, with its private key.
 *
 * @param certificateFile PEM file of the certificate
 * @param keyFile PEM file of the private key
 * @param certificatePem what the certificate file held when it was written
 * @param keyPem what the key file held when it was written
 * @param certificate the certificate
 * @since 0.1.0
 */
public record ClientCertificate(
    Path certificateFile,
    Path keyFile,
    String certificatePem,
    String keyPem,
    X509Certificate certificate) {

  /** Leaves out the key. */
  @Override
  public String toString() {
    return "ClientCertificate["
        + certificate.getSubjectX500Principal()
        + ", "
        + certificateFile
        + "]";
  }
}
