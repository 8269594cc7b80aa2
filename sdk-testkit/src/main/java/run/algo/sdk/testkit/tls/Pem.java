package run.algo.sdk.testkit.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Writes certificates and keys as PEM text. */
final class Pem {
  private static final int LINE = 64;

  private Pem() {}

  static String of(X509Certificate certificate) {
    try {
      return text("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("Cannot encode a certificate", e);
    }
  }

  /** A private key in the format asked for, which must fit the type of the key. */
  static String of(KeyPair pair, KeyFormat format) {
    PrivateKey key = pair.getPrivate();
    return switch (format) {
      case PKCS8 -> text("PRIVATE KEY", key.getEncoded());
      case PKCS1 -> text("RSA PRIVATE KEY", inner(key));
      case SEC1 -> text("EC PRIVATE KEY", sec1(pair));
    };
  }

  /** A PKCS#8 key wraps the older structure of its algorithm: unwraps it. */
  private static byte[] inner(PrivateKey key) {
    try {
      return PrivateKeyInfo.getInstance(key.getEncoded())
          .parsePrivateKey()
          .toASN1Primitive()
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a private key", e);
    }
  }

  /**
   * What PKCS#8 wraps is not enough here: it leaves the curve to its wrapper, while a file of its
   * own names the curve, as OpenSSL does.
   */
  private static byte[] sec1(KeyPair pair) {
    ECPrivateKey key = (ECPrivateKey) pair.getPrivate();
    SubjectPublicKeyInfo publicKey =
        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
    try {
      return new org.bouncycastle.asn1.sec.ECPrivateKey(
              key.getParams().getOrder().bitLength(),
              key.getS(),
              publicKey.getPublicKeyData(),
              publicKey.getAlgorithm().getParameters())
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a private key", e);
    }
  }

  private static String text(String label, byte[] der) {
    String base64 =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }
}
