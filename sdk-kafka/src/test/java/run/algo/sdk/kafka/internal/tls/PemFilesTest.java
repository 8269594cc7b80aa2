package run.algo.sdk.kafka.internal.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
  private static final TestPki CA = TestPki.authority("ca");
  private static final KeyPair RSA = TestPki.rsa();
  private static final KeyPair P256 = TestPki.ec("secp256r1");
  private static final KeyPair P384 = TestPki.ec("secp384r1");
  private static final KeyPair P521 = TestPki.ec("secp521r1");

  @TempDir Path folder;

  static Stream<Arguments> keyForms() {
    return Stream.of(
        Arguments.of("PKCS#8 RSA", RSA, TestPki.pkcs8(RSA)),
        Arguments.of("PKCS#1 RSA", RSA, TestPki.pkcs1(RSA)),
        Arguments.of("PKCS#8 P-256", P256, TestPki.pkcs8(P256)),
        Arguments.of("SEC1 P-256", P256, TestPki.sec1(P256)),
        Arguments.of("SEC1 P-384", P384, TestPki.sec1(P384)),
        Arguments.of("SEC1 P-521", P521, TestPki.sec1(P521)),
        Arguments.of("SEC1 P-256, own block", P256, TestPki.sec1WithParametersBlock(P256)),
        Arguments.of("SEC1 P-521, own block", P521, TestPki.sec1WithParametersBlock(P521)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keyForms")
  void everyFormOfKeyIsReadAndMatchesItsCertificate(String form, KeyPair keys, String pem)
      throws IOException {
    X509Certificate certificate = CA.issue("client", keys);
    PrivateKey key = PemFiles.privateKey(pem);
    assertSame(key, keys);
    assertThat(PemFiles.privateKey(pem.getBytes(US_ASCII))).isEqualTo(key);
    assertThat(PemFiles.privateKey(Files.writeString(folder.resolve("key"), pem))).isEqualTo(key);
    assertThat(PemFiles.matches(certificate, key)).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keyForms")
  void lineEndingsAndTextAroundTheBlocksDoNotMatter(String form, KeyPair keys, String pem) {
    List<String> variants =
        List.of(
            pem.replace("\n", "\r\n"),
            pem.replace("\n", "\r"),
            pem.replace("\n", ""),
            pem.strip(),
            "\u00ef\u00bb\u00bf" + pem,
            "Bag Attributes: ---\nx: y\n" + TestPki.pem(CA.certificate) + pem + "-- bye --\n");
    for (String variant : variants) {
      assertSame(PemFiles.privateKey(variant), keys);
    }
  }

  /** By the numbers: two forms of one EC key are not equal to the JDK. */
  private static void assertSame(PrivateKey key, KeyPair keys) {
    if (keys.getPrivate() instanceof ECPrivateKey expected) {
      assertThat(key).isInstanceOf(ECPrivateKey.class);
      ECPrivateKey ec = (ECPrivateKey) key;
      assertThat(ec.getS()).isEqualTo(expected.getS());
      assertThat(ec.getParams()).isEqualTo(expected.getParams());
    } else {
      assertThat(key).isEqualTo(keys.getPrivate());
    }
  }

  @Test
  void aChainKeepsItsOrder() throws IOException {
    TestPki middle = CA.intermediate("middle");
    X509Certificate leaf = middle.issue("leaf", P256);
    String pem =
        "leaf first\r\n"
            + TestPki.pem(leaf, middle.certificate).replace("\n", "\r\n")
            + "and the root\n"
            + TestPki.pem(CA.certificate).replace("CERTIFICATE", "X509 CERTIFICATE");
    assertThat(PemFiles.certificates(pem))
        .containsExactly(leaf, middle.certificate, CA.certificate);
    assertThat(PemFiles.certificates(pem.getBytes(US_ASCII))).hasSize(3);
    assertThat(PemFiles.certificates(Files.writeString(folder.resolve("chain"), pem))).hasSize(3);
  }

  @Test
  void theKeyOfAnotherCertificateDoesNotMatch() {
    assertThat(PemFiles.matches(CA.issue("rsa", RSA), TestPki.rsa().getPrivate())).isFalse();
    assertThat(PemFiles.matches(CA.issue("ec", P256), TestPki.ec("secp256r1").getPrivate()))
        .isFalse();
    assertThat(PemFiles.matches(CA.issue("ec", P256), P384.getPrivate())).isFalse();
    assertThat(PemFiles.matches(CA.issue("ec", P256), RSA.getPrivate())).isFalse();
    assertThat(PemFiles.matches(CA.issue("rsa", RSA), P256.getPrivate())).isFalse();
  }

  @Test
  void encryptedKeysAreRefusedWithTheRemedy() throws Exception {
    BouncyCastleProvider provider = new BouncyCastleProvider();
    String modern =
        write(
            new JcaPKCS8Generator(
                RSA.getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                    .setProvider(provider)
                    .setPassword("secret".toCharArray())
                    .build()));
    String old =
        write(
            new JcaMiscPEMGenerator(
                RSA.getPrivate(),
                new JcePEMEncryptorBuilder("AES-256-CBC")
                    .setProvider(provider)
                    .build("secret".toCharArray())));
    assertThat(Security.getProvider("BC")).as("the code under test has the JDK only").isNull();
    assertThat(modern).contains("BEGIN ENCRYPTED PRIVATE KEY");
    assertThat(old).contains("BEGIN RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED");
    for (String pem : new String[] {modern, old}) {
      Path file = Files.writeString(folder.resolve("key"), pem);
      refused(() -> PemFiles.privateKey(file), file + " holds an encrypted", "-nocrypt");
    }
  }

  private static String write(PemObjectGenerator object) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  @Test
  void filesThatAreNotThereOrNotFilesAreNamed() throws IOException {
    Path missing = folder.resolve("missing.crt");
    Path regular = Files.writeString(folder.resolve("regular"), "x");
    Path below = regular.resolve("below");
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    refused(() -> PemFiles.certificates(missing), missing + " does not exist", "mount");
    refused(() -> PemFiles.privateKey(missing), missing + " does not exist", "mount");
    refused(() -> PemFiles.certificates(folder), folder + " is a directory", "name the PEM file");
    refused(() -> PemFiles.certificates(below), below + " cannot be read", "correct the path");
    refused(() -> PemFiles.privateKey(loop), loop + " cannot be read", "correct the path");
    refused(() -> PemFiles.privateKey(Path.of("/dev/zero")), "not a regular file");
    Path huge = Files.write(folder.resolve("huge"), new byte[(4 << 20) + 1]);
    refused(() -> PemFiles.certificates(huge), huge + " has more than", "correct the path");
  }

  @Test
  void filesWithoutTheRightBlockAreNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "hello");
    Path key = Files.writeString(folder.resolve("key"), TestPki.pkcs8(P256));
    Path certificate = Files.writeString(folder.resolve("crt"), TestPki.pem(CA.certificate));
    refused(() -> PemFiles.certificates(text), text + " holds no certificate", "not a PEM file");
    refused(() -> PemFiles.privateKey(text), text + " holds no private key", "not a PEM file");
    refused(() -> PemFiles.certificates(key), "but [PRIVATE KEY]", "swapped");
    refused(() -> PemFiles.privateKey(certificate), "but [CERTIFICATE]", "swapped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPENSSH PRIVATE KEY", "DSA PRIVATE KEY", "ANY PRIVATE KEY"})
  void otherFormsOfKeysAreRefusedWithTheRemedy(String label) {
    refused(() -> PemFiles.privateKey(TestPki.pem(label, new byte[64])), label, "PKCS#8");
  }

  @Test
  void keysOfOtherAlgorithmsAndCurvesAreRefused() throws Exception {
    KeyPair ed = java.security.KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    refused(() -> PemFiles.privateKey(TestPki.pkcs8(ed)), "neither RSA nor EC");
    refused(
        () -> PemFiles.privateKey(TestPki.pem("EC PRIVATE KEY", TestPki.sec1Der(P256, false))),
        "curve is named neither");
    // The curve secp256k1, which Java 17 reads but cannot sign with.
    byte[] k1 = HexFormat.of().parseHex("06052b8104000a");
    refused(
        () ->
            PemFiles.privateKey(
                TestPki.pem("EC PARAMETERS", k1)
                    + TestPki.pem("EC PRIVATE KEY", TestPki.sec1Der(P256, false))),
        "none of P-256, P-384 and P-521");
    refused(
        () ->
            PemFiles.privateKey(
                TestPki.pem("EC PARAMETERS", Der.encode(Der.SEQUENCE))
                    + TestPki.pem("EC PRIVATE KEY", TestPki.sec1Der(P256, false))),
        "spelled out");
  }

  @Test
  void aFileThatIsNotWholeNeverYieldsAShorterChain() {
    String pem = TestPki.pem(CA.issue("leaf", P256), CA.certificate);
    int secondBlock = pem.lastIndexOf("-----BEGIN");
    for (int length = secondBlock + "-----BEGIN ".length();
        length < pem.strip().length();
        length++) {
      String half = pem.substring(0, length);
      refused(() -> PemFiles.certificates(half), "not a whole PEM file", "write the file again");
    }
    refused(() -> PemFiles.certificates(pem.substring(5 + pem.indexOf("MII"))), "no BEGIN line");
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call).isExactlyInstanceOf(PemException.class).hasMessageContainingAll(parts);
  }
}
