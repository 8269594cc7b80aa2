package run.algo.sdk.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.testkit.tls.ClientCertificate;
import run.algo.sdk.testkit.tls.KeyFormat;
import run.algo.sdk.testkit.tls.KeyType;
import run.algo.sdk.testkit.tls.TestCertificates;

class EmbeddedKafkaSecurityIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";
  private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

  @TempDir static Path directory;
  private static TestCertificates certificates;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    certificates = TestCertificates.create(directory);
    kafka =
        EmbeddedKafka.builder()
            .tls(certificates)
            .mutualTls()
            .saslScram("alice", "alice's secret")
            .saslPlain("bob", "bob's \"secret\"")
            .topic("orders", 1)
            .start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private static Map<String, Object> properties(Listener listener) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", kafka.bootstrapServers(listener));
    properties.put("security.protocol", listener.name());
    if (listener == Listener.SSL || listener == Listener.SASL_SSL) {
      properties.put("ssl.truststore.type", "PEM");
      properties.put("ssl.truststore.certificates", certificates.caPem());
    }
    return properties;
  }

  private static Map<String, Object> login(
      Listener listener, String mechanism, String module, String user, String password) {
    Map<String, Object> properties = properties(listener);
    properties.put("sasl.mechanism", mechanism);
    properties.put(
        "sasl.jaas.config",
        "%s required username=\"%s\" password=\"%s\";"
            .formatted(module, user, password.replace("\"", "\\\"")));
    return properties;
  }

  private static void assertWritesAndReads(Map<String, Object> properties) {
    try (KafkaProbe probe = new KafkaProbe(properties)) {
      long before = probe.endOffsets("orders").values().iterator().next();
      probe.produce("orders", "a", "1");
      assertThat(probe.readAll("orders", (int) before + 1, TIMEOUT)).hasSize((int) before + 1);
    }
  }

  private static void assertRefused(
      Map<String, Object> properties, Class<? extends Throwable> expected) {
    try (Admin admin = Admin.create(properties)) {
      assertThatThrownBy(
              () -> {
                try {
                  admin.listTopics().names().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
                } catch (TimeoutException e) {
                  throw new AssertionError("neither let in nor refused", e);
                }
              })
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(expected);
    }
  }

  @Test
  void offersEveryListener() {
    assertThat(kafka.listeners()).containsExactlyInAnyOrder(Listener.values());
    assertWritesAndReads(properties(Listener.PLAINTEXT));
  }

  @ParameterizedTest
  @CsvSource({
    "SASL_SSL, SCRAM-SHA-256",
    "SASL_SSL, SCRAM-SHA-512",
    "SASL_PLAINTEXT, SCRAM-SHA-512"
  })
  void scram(Listener listener, String mechanism) {
    assertWritesAndReads(login(listener, mechanism, SCRAM, "alice", "alice's secret"));
    assertRefused(
        login(listener, mechanism, SCRAM, "alice", "wrong"), SaslAuthenticationException.class);
  }

  @ParameterizedTest
  @CsvSource({"SASL_SSL", "SASL_PLAINTEXT"})
  void plain(Listener listener) {
    assertWritesAndReads(login(listener, "PLAIN", PLAIN, "bob", "bob's \"secret\""));
    assertRefused(
        login(listener, "PLAIN", PLAIN, "alice", "alice's secret"),
        SaslAuthenticationException.class);
  }

  @ParameterizedTest
  @CsvSource({"RSA", "EC"})
  void mutualTls(KeyType type) {
    ClientCertificate client = certificates.issueClient("algo", type, KeyFormat.PKCS8);
    Map<String, Object> properties = properties(Listener.SSL);
    properties.put("ssl.keystore.type", "PEM");
    properties.put("ssl.keystore.certificate.chain", client.certificatePem());
    properties.put("ssl.keystore.key", client.keyPem());

    assertWritesAndReads(properties);
  }

  @Test
  void mutualTlsRefusesStrangers() {
    assertRefused(properties(Listener.SSL), SslAuthenticationException.class);

    ClientCertificate foreign =
        TestCertificates.create(directory.resolve("foreign")).issueClient("algo");
    Map<String, Object> properties = properties(Listener.SSL);
    properties.put("ssl.keystore.type", "PEM");
    properties.put("ssl.keystore.certificate.chain", foreign.certificatePem());
    properties.put("ssl.keystore.key", foreign.keyPem());
    assertRefused(properties, SslAuthenticationException.class);
  }

  @Test
  void clientFindsTheBrokersCertificateTrustworthyOnlyByItsAuthority() {
    Map<String, Object> properties = properties(Listener.SASL_SSL);
    properties.putAll(login(Listener.SASL_SSL, "SCRAM-SHA-512", SCRAM, "alice", "alice's secret"));
    properties.put(
        "ssl.truststore.certificates", TestCertificates.create(directory.resolve("other")).caPem());
    assertRefused(properties, SslAuthenticationException.class);
  }
}
