package run.algo.sdk.kafka.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.network.ConnectionMode;
import org.apache.kafka.common.security.ssl.SslFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemSslEngineFactoryTest {
  private static final TestPki CA = TestPki.authority("ca");
  private static final KeyPair SERVER_KEYS = TestPki.ec("secp256r1");
  private static final X509Certificate SERVER_CERTIFICATE =
      CA.issue("broker", SERVER_KEYS, "broker.example.com", "127.0.0.1");
  private static final SSLContext SERVER =
      TestPki.server(SERVER_KEYS, SERVER_CERTIFICATE, CA.certificate);
  private static final KeyPair RSA = TestPki.rsa();
  private static final KeyPair EC = TestPki.ec("secp384r1");

  @TempDir Path folder;
  private final Map<String, Object> configs = new HashMap<>();

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private void files(String ca, String certificate, String key) throws IOException {
    configs.put(PemSslEngineFactory.CA_LOCATION, write("ca.crt", ca).toString());
    configs.put(PemSslEngineFactory.CERTIFICATE_LOCATION, write("tls.crt", certificate).toString());
    configs.put(PemSslEngineFactory.KEY_LOCATION, write("tls.key", key).toString());
  }

  private PemSslEngineFactory configured() {
    PemSslEngineFactory factory = new PemSslEngineFactory();
    factory.configure(configs);
    return factory;
  }

  private SSLEngine engine(String host) {
    return configured().createClientSslEngine(host, 9093, "https");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theServerSeesTheClientsCertificateWithEveryFormOfKey(String protocol) throws IOException {
    configs.put(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, List.of(protocol));
    X509Certificate rsa = CA.issue("rsa", RSA);
    X509Certificate ec = CA.issue("ec", EC);
    Map<String, X509Certificate> forms =
        Map.of(
            TestPki.pkcs8(RSA), rsa,
            TestPki.pkcs1(RSA), rsa,
            TestPki.pkcs8(EC), ec,
            TestPki.sec1(EC), ec,
            TestPki.sec1WithParametersBlock(EC), ec);
    for (Map.Entry<String, X509Certificate> form : forms.entrySet()) {
      files(TestPki.pem(CA.certificate), TestPki.pem(form.getValue()), form.getKey());
      SSLEngine server = EnginePair.connect(engine("broker.example.com"), SERVER);
      assertThat(server.getSession().getPeerCertificates()).containsExactly(form.getValue());
      assertThat(server.getSession().getProtocol()).isEqualTo(protocol);
    }
  }

  @Test
  void anAddressInTheServersCertificateIsAcceptedAsHost() throws IOException {
    files(TestPki.pem(CA.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    SSLEngine server = EnginePair.connect(engine("127.0.0.1"), SERVER);
    assertThat(server.getSession().getPeerPrincipal().getName()).isEqualTo("CN=c");
  }

  @Test
  void theWholeChainIsSent() throws IOException {
    TestPki middle = CA.intermediate("middle");
    X509Certificate leaf = middle.issue("leaf", RSA);
    files(TestPki.pem(CA.certificate), TestPki.pem(leaf, middle.certificate), TestPki.pkcs1(RSA));
    SSLEngine server = EnginePair.connect(engine("broker.example.com"), SERVER);
    assertThat(server.getSession().getPeerCertificates()).containsExactly(leaf, middle.certificate);
  }

  @Test
  void aCertificateWhoseIssuerTheServerDoesNotListIsShownAllTheSame() throws IOException {
    TestPki other = TestPki.authority("another ca");
    files(TestPki.pem(CA.certificate), TestPki.pem(other.issue("c", EC)), TestPki.sec1(EC));
    // Withheld, it would be "empty client certificate chain", which hides what is wrong.
    assertThatThrownBy(() -> EnginePair.connect(engine("broker.example.com"), SERVER))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("path");
  }

  @Test
  void aServerOfAnotherAuthorityIsRefused() throws IOException {
    TestPki other = TestPki.authority("another ca");
    files(TestPki.pem(other.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    assertThatThrownBy(() -> EnginePair.connect(engine("broker.example.com"), SERVER))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("path");
  }

  @Test
  void withoutAnAuthorityTheTrustIsTheJdks() throws IOException {
    files(TestPki.pem(CA.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    configs.remove(PemSslEngineFactory.CA_LOCATION);
    assertThat(configured().truststore()).isNull();
    assertThatThrownBy(() -> EnginePair.connect(engine("broker.example.com"), SERVER))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("path");
  }

  @Test
  void anotherHostNameIsRefusedUnlessTheCheckIsOff() throws IOException {
    files(TestPki.pem(CA.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    PemSslEngineFactory factory = configured();
    SSLEngine checking = factory.createClientSslEngine("evil.example.com", 9093, "https");
    assertThatThrownBy(() -> EnginePair.connect(checking, SERVER))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("evil.example.com");
    for (String off : new String[] {"", null}) {
      SSLEngine careless = factory.createClientSslEngine("evil.example.com", 9093, off);
      assertThat(EnginePair.connect(careless, SERVER).getSession().isValid()).isTrue();
    }
  }

  @Test
  void theEngineKnowsItsPeerAndProtocols() throws IOException {
    files(TestPki.pem(CA.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    SSLEngine engine = engine("broker.example.com");
    assertThat(engine.getPeerHost()).isEqualTo("broker.example.com");
    assertThat(engine.getPeerPort()).isEqualTo(9093);
    assertThat(engine.getUseClientMode()).isTrue();
    assertThat(engine.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
    assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("https");
    configs.put(SslConfigs.SSL_CIPHER_SUITES_CONFIG, List.of("TLS_AES_256_GCM_SHA384"));
    assertThat(engine("a.b").getEnabledCipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384");
  }

  @Test
  void kafkasOwnFactoryTakesIt() throws IOException {
    files(TestPki.pem(CA.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    configs.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, PemSslEngineFactory.class);
    configs.put(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "https");
    try (SslFactory kafka = new SslFactory(ConnectionMode.CLIENT)) {
      kafka.configure(configs);
      SSLEngine engine = kafka.createSslEngine("broker.example.com", 9093);
      assertThat(EnginePair.connect(engine, SERVER).getSession().getPeerPrincipal().getName())
          .isEqualTo("CN=c");
      assertThat(kafka.reconfigurableConfigs()).contains(PemSslEngineFactory.KEY_LOCATION);
    }
  }

  @Test
  void storesAndExpiryTellWhatIsLoaded() throws IOException, KeyStoreException {
    X509Certificate certificate = CA.issue("c", EC);
    files(TestPki.pem(CA.certificate), TestPki.pem(certificate), TestPki.sec1(EC));
    PemSslEngineFactory factory = configured();
    assertThat(factory.expiry()).contains(certificate.getNotAfter().toInstant());
    assertThat(factory.keystore().getCertificate("client")).isEqualTo(certificate);
    assertThat(factory.truststore().getCertificate("ca-0")).isEqualTo(CA.certificate);
    assertThat(factory.shouldBeRebuilt(configs)).isFalse();
    Map<String, Object> others = new HashMap<>(configs);
    others.remove(PemSslEngineFactory.CA_LOCATION);
    assertThat(factory.shouldBeRebuilt(others)).isTrue();
    configs.remove(PemSslEngineFactory.CERTIFICATE_LOCATION);
    configs.remove(PemSslEngineFactory.KEY_LOCATION);
    PemSslEngineFactory anonymous = configured();
    assertThat(anonymous.expiry()).isEmpty();
    assertThat(anonymous.keystore()).isNull();
  }

  @Test
  void wrongSettingsAreRefusedAtConfigure() throws IOException {
    files(TestPki.pem(CA.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    refused(PemSslEngineFactory.KEY_LOCATION, null, "without " + PemSslEngineFactory.KEY_LOCATION);
    refused(PemSslEngineFactory.CERTIFICATE_LOCATION, null, "set both or none");
    refused(PemSslEngineFactory.CA_LOCATION, " ", "is blank");
    refused(PemSslEngineFactory.CA_LOCATION, "a\0b", "is not a path");
    refused(PemSslEngineFactory.CA_LOCATION, folder.resolve("no.crt"), "no.crt does not exist");
    refused(PemSslEngineFactory.KEY_LOCATION, folder, "is a directory");
    refused(PemSslEngineFactory.KEY_LOCATION, folder.resolve("tls.crt"), "no private key");
    refused(
        PemSslEngineFactory.KEY_LOCATION,
        write("other.key", TestPki.pkcs8(TestPki.ec("secp384r1"))),
        "other.key is not the key of the certificate " + folder.resolve("tls.crt"));
    refused(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, "TLSv1.3, TLSv1", "holds TLSv1:");
  }

  private void refused(String setting, Object value, String part) {
    Map<String, Object> wrong = new HashMap<>(configs);
    wrong.put(setting, value == null ? null : value.toString());
    PemSslEngineFactory factory = new PemSslEngineFactory();
    assertThatThrownBy(() -> factory.configure(wrong))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(part);
    assertThatThrownBy(() -> factory.createClientSslEngine("a.b", 1, "https"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void serversAreNotServed() throws IOException {
    files(TestPki.pem(CA.certificate), TestPki.pem(CA.issue("c", EC)), TestPki.sec1(EC));
    PemSslEngineFactory factory = configured();
    assertThatThrownBy(() -> factory.createServerSslEngine("a.b", 1))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("clients only");
  }
}
