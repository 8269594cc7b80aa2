package run.algo.sdk.kafka.internal.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that issues certificates, and every PEM form of a key. */
final class TestPki {
  private static final AtomicLong serials = new AtomicLong(1000);

  final KeyPair keys;
  final X509Certificate certificate;

  private TestPki(KeyPair keys, X509Certificate certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  static TestPki authority(String name) {
    KeyPair keys = ec("secp256r1");
    return new TestPki(keys, certificate(name, keys, name, keys.getPrivate(), true));
  }

  /** An authority below this one. */
  TestPki intermediate(String name) {
    KeyPair below = ec("secp256r1");
    return new TestPki(below, certificate(name, below, name(certificate), keys.getPrivate(), true));
  }

  X509Certificate issue(String name, KeyPair subject, String... hosts) {
    return certificate(name, subject, name(certificate), keys.getPrivate(), false, hosts);
  }

  private static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName().substring("CN=".length());
  }

  private static X509Certificate certificate(
      String name,
      KeyPair subject,
      String issuer,
      PrivateKey issuerKey,
      boolean authority,
      String... hosts) {
    try {
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              BigInteger.valueOf(serials.incrementAndGet()),
              Date.from(now.minus(1, ChronoUnit.HOURS)),
              Date.from(now.plus(30, ChronoUnit.DAYS)),
              new X500Name("CN=" + name),
              subject.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (hosts.length > 0) {
        GeneralName[] names = new GeneralName[hosts.length];
        for (int i = 0; i < hosts.length; i++) {
          boolean address = Character.isDigit(hosts[i].charAt(0));
          names[i] =
              new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, hosts[i]);
        }
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      String algorithm =
          issuerKey.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKey)));
    } catch (GeneralSecurityException | IOException | OperatorException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  static String pem(X509Certificate... chain) {
    try {
      StringBuilder text = new StringBuilder();
      for (X509Certificate certificate : chain) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
      return text.toString();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String pkcs8(KeyPair keys) {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  static byte[] pkcs1Der(KeyPair keys) {
    try {
      return PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded())
          .parsePrivateKey()
          .toASN1Primitive()
          .getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static String pkcs1(KeyPair keys) {
    return pem("RSA PRIVATE KEY", pkcs1Der(keys));
  }

  /** As openssl ecparam -genkey writes it without its first block: curve inside. */
  static String sec1(KeyPair keys) {
    return pem("EC PRIVATE KEY", sec1Der(keys, true));
  }

  /** The curve in a block before the key only. */
  static String sec1WithParametersBlock(KeyPair keys) {
    try {
      return pem("EC PARAMETERS", curve(keys).toASN1Primitive().getEncoded())
          + pem("EC PRIVATE KEY", sec1Der(keys, false));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] sec1Der(KeyPair keys, boolean withCurve) {
    try {
      java.security.interfaces.ECPrivateKey key =
          (java.security.interfaces.ECPrivateKey) keys.getPrivate();
      int bits = key.getParams().getOrder().bitLength();
      ECPrivateKey sec1 =
          withCurve
              ? new ECPrivateKey(bits, key.getS(), curve(keys))
              : new ECPrivateKey(bits, key.getS());
      return sec1.getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ASN1Encodable curve(KeyPair keys) {
    return PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded())
        .getPrivateKeyAlgorithm()
        .getParameters();
  }

  /** A server's side, made without the code under test. */
  static SSLContext server(KeyPair keys, X509Certificate certificate, X509Certificate trusted) {
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry(
          "server", keys.getPrivate(), new char[0], new X509Certificate[] {certificate});
      KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
      keyManagers.init(own, new char[0]);
      KeyStore others = KeyStore.getInstance("PKCS12");
      others.load(null, null);
      others.setCertificateEntry("ca", trusted);
      TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
      trustManagers.init(others);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }
}
