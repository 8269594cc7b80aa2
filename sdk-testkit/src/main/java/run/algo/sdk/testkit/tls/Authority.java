package run.algo.sdk.testkit.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A self-signed certificate and the certificates that it signs. Thread-safe. */
final class Authority {
  private static final int RSA_BITS = 2048;
  private static final String CURVE = "secp256r1";
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final Duration VALIDITY = Duration.ofDays(30);

  private final AtomicLong serial = new AtomicLong(1);
  private final X500Name name;
  private final PrivateKey key;
  private final X509Certificate certificate;

  Authority(String commonName, KeyType keyType) {
    KeyPair pair = newKeyPair(keyType);
    name = nameOf(commonName);
    key = pair.getPrivate();
    certificate =
        sign(
            name,
            pair,
            builder ->
                builder
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)));
  }

  static KeyPair newKeyPair(KeyType type) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type.name());
      switch (type) {
        case RSA -> generator.initialize(RSA_BITS);
        case EC -> generator.initialize(new ECGenParameterSpec(CURVE));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot create a key pair of type " + type, e);
    }
  }

  X509Certificate certificate() {
    return certificate;
  }

  X509Certificate issueServer(KeyPair pair) {
    GeneralName[] names = {
      new GeneralName(GeneralName.dNSName, "localhost"),
      new GeneralName(GeneralName.iPAddress, "127.0.0.1")
    };
    return sign(
        nameOf("localhost"),
        pair,
        builder ->
            builder
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                .addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
  }

  X509Certificate issueClient(String commonName, KeyPair pair) {
    return sign(
        nameOf(commonName),
        pair,
        builder ->
            builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)));
  }

  private static X500Name nameOf(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private X509Certificate sign(X500Name subject, KeyPair pair, Extensions extensions) {
    Instant now = Instant.now();
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(serial.getAndIncrement()),
              Date.from(now.minus(CLOCK_SKEW)),
              Date.from(now.plus(VALIDITY)),
              subject,
              pair.getPublic());
      extensions.addTo(builder);
      String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("Cannot sign a certificate for " + subject, e);
    }
  }

  /** What distinguishes the certificates. */
  @FunctionalInterface
  private interface Extensions {
    X509v3CertificateBuilder addTo(X509v3CertificateBuilder builder) throws IOException;
  }
}
