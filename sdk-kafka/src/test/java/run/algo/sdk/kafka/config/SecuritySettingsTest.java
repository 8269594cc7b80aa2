package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.kafka.internal.tls.PemTestFiles;

class SecuritySettingsTest {

  @TempDir Path folder;
  private PemTestFiles pem;

  @BeforeEach
  void writeFiles() throws Exception {
    pem = PemTestFiles.in(folder);
  }

  private Env tls() {
    return Env.valid().with("KAFKA_TLS", "true").with("KAFKA_TLS_CA_LOCATION", pem.ca().toString());
  }

  private Env scram() {
    return Env.valid()
        .with("KAFKA_AUTH_TYPE", "scram-sha-512")
        .with("KAFKA_AUTH_USERNAME", "user")
        .with("KAFKA_AUTH_PASSWORD", "s3cr3t-of-mine");
  }

  private Env mutual() {
    return Env.valid()
        .with("KAFKA_AUTH_TYPE", "tls")
        .with("KAFKA_TLS_CA_LOCATION", pem.ca().toString())
        .with("KAFKA_AUTH_TLS_USER_LOCATION", pem.certificate().toString())
        .with("KAFKA_AUTH_TLS_KEY_LOCATION", pem.key().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "t", "T", "TRUE", "true", "True"})
  void tlsIsOnByAnyTrueOfGo(String text) {
    assertThat(tls().with("KAFKA_TLS", text).load().kafka().security().protocol())
        .isEqualTo(SecurityProtocol.SSL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "f", "F", "FALSE", "false", "False"})
  void tlsIsOffByAnyFalseOfGo(String text) {
    assertThat(Env.valid().with("KAFKA_TLS", text).load().kafka().security().protocol())
        .isEqualTo(SecurityProtocol.PLAINTEXT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "yes", "no", "on", "tRUE", "truE", " true", "true ", "2", "ja"})
  void anythingElseIsAProblem(String text) {
    assertThat(Env.valid().with("KAFKA_TLS", text).problem())
        .isEqualTo("KAFKA_TLS = " + text + ": is not a bool as Go reads it; use true or false");
  }

  @Test
  void withoutAnythingItIsPlaintext() {
    SecuritySettings security = Env.valid().load().kafka().security();
    assertThat(security.protocol()).isEqualTo(SecurityProtocol.PLAINTEXT);
    assertThat(security.caLocation()).isEmpty();
    assertThat(security.saslMechanism()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"scram-sha-512, SCRAM-SHA-512", "plain, PLAIN"})
  void saslTakesTlsWhenItIsOn(String type, String mechanism) {
    SecuritySettings security =
        scram()
            .with("KAFKA_AUTH_TYPE", type)
            .with("KAFKA_TLS", "true")
            .with("KAFKA_TLS_CA_LOCATION", pem.ca().toString())
            .load()
            .kafka()
            .security();
    assertThat(security.protocol()).isEqualTo(SecurityProtocol.SASL_SSL);
    assertThat(security.saslMechanism()).contains(mechanism);
    assertThat(security.username()).contains("user");
    assertThat(security.password().orElseThrow().reveal()).isEqualTo("s3cr3t-of-mine");
    assertThat(security.caLocation()).contains(pem.ca().toString());
    assertThat(security.toString()).doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @CsvSource({"scram-sha-512,", "plain,", "plain,false", "scram-sha-512,0"})
  void saslWithoutTlsIsOneWarning(String type, String tls) {
    Env env = scram().with("KAFKA_AUTH_TYPE", type);
    if (tls != null) {
      env.with("KAFKA_TLS", tls);
    }
    AlgoSettings settings = env.load();
    assertThat(settings.kafka().security().protocol()).isEqualTo(SecurityProtocol.SASL_PLAINTEXT);
    assertThat(settings.warnings())
        .singleElement()
        .asString()
        .endsWith("without KAFKA_TLS=true: credentials and records travel unencrypted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scram-sha-512", "plain"})
  void missingCredentialsAreProblems(String type) {
    assertThat(Env.valid().with("KAFKA_AUTH_TYPE", type).with("KAFKA_AUTH_USERNAME", "").problems())
        .extracting(problem -> problem.setting() + problem.value())
        .containsExactly("KAFKA_AUTH_USERNAME(not set)", "KAFKA_AUTH_PASSWORD(not set)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "scram-sha-256", "SCRAM-SHA-512", "TLS", "none", "plain "})
  void anUnknownTypeIsAProblemThatListsTheThree(String type) {
    assertThat(Env.valid().with("KAFKA_AUTH_TYPE", type).problem())
        .isEqualTo(
            "KAFKA_AUTH_TYPE = "
                + type
                + ": is not a type of authentication; use tls, scram-sha-512 or plain");
  }

  @Test
  void authenticationByTlsImpliesTls() {
    for (Env env : new Env[] {mutual(), mutual().with("KAFKA_TLS", "true")}) {
      SecuritySettings security = env.load().kafka().security();
      assertThat(security.protocol()).isEqualTo(SecurityProtocol.SSL);
      assertThat(security.certificateLocation()).contains(pem.certificate().toString());
      assertThat(security.keyLocation()).contains(pem.key().toString());
    }
  }

  @Test
  void certificateAndKeyMustBelongTogether() {
    assertThat(mutual().with("KAFKA_AUTH_TLS_KEY_LOCATION", pem.otherKey().toString()).problem())
        .startsWith("KAFKA_AUTH_TLS_KEY_LOCATION = ")
        .contains("is not the key of the certificate");
  }

  @Test
  void authenticationByTlsWithTlsOffIsAProblem() {
    assertThat(mutual().with("KAFKA_TLS", "false").problem())
        .startsWith("KAFKA_TLS = false: contradicts KAFKA_AUTH_TYPE=tls, which needs TLS; ");
  }

  @Test
  void theDefaultPathsAreThoseOfTheOperator() {
    assertThat(Env.valid().with("KAFKA_AUTH_TYPE", "tls").problems())
        .extracting(problem -> problem.setting() + " " + problem.value())
        .containsExactly(
            "KAFKA_TLS_CA_LOCATION /etc/ssl/certs/kafka-ca.crt",
            "KAFKA_AUTH_TLS_USER_LOCATION /etc/ssl/certs/kafka-user.crt",
            "KAFKA_AUTH_TLS_KEY_LOCATION /etc/ssl/certs/kafka-user.key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KAFKA_TLS_CA_LOCATION",
        "KAFKA_AUTH_TLS_USER_LOCATION",
        "KAFKA_AUTH_TLS_KEY_LOCATION"
      })
  void aFileMustBeThereAndReadableAndPem(String variable) throws Exception {
    Path missing = folder.resolve("missing.pem");
    assertThat(mutual().with(variable, missing.toString()).problem())
        .startsWith(variable + " = ")
        .contains("missing.pem");
    assertThat(mutual().with(variable, folder.toString()).problem()).startsWith(variable + " = ");
    Path text = Files.writeString(folder.resolve("text.pem"), "not a certificate");
    assertThat(mutual().with(variable, text.toString()).problem()).startsWith(variable + " = ");
    Path empty = Files.createFile(folder.resolve("empty.pem"));
    assertThat(mutual().with(variable, empty.toString()).problem()).startsWith(variable + " = ");
    Path damaged =
        Files.writeString(
            folder.resolve("damaged.pem"),
            """
            -----BEGIN CERTIFICATE-----
            AAAA
            -----END CERTIFICATE-----
            -----BEGIN PRIVATE KEY-----
            AAAA
            -----END PRIVATE KEY-----
            """);
    assertThat(mutual().with(variable, damaged.toString()).problem()).startsWith(variable + " = ");
    assertThat(mutual().with(variable, "/a\u0000b").problem())
        .startsWith(variable + " = /a\\u0000b: ");
  }

  @Test
  void aNamedCaFileIsCheckedAlsoWhenKafkaTlsIsUnclear() {
    assertThat(
            scram()
                .with("KAFKA_TLS", "maybe")
                .with("KAFKA_TLS_CA_LOCATION", folder.resolve("no").toString())
                .problems())
        .extracting(problem -> problem.setting())
        .containsExactly("KAFKA_TLS", "KAFKA_TLS_CA_LOCATION");
  }

  @Test
  void thePasswordIsInNoText() {
    AlgoSettings settings = scram().load();
    assertThat(settings + " " + settings.kafka() + settings.effective() + settings.warnings())
        .doesNotContain("s3cr3t-of-mine")
        .contains("***");
    // pasted into the wrong variable, also as a part
    for (String variable :
        new String[] {
          "KAFKA_BROKERS",
          "ALGO_ORDERING",
          "ALGO_TIMEOUT",
          "KAFKA_TLS",
          "KAFKA_TLS_CA_LOCATION",
          "KAFKA_CONSUMER_MAX_POLL_RECORDS",
          "MC_HOST_algorun",
          "KAFKA_INPUT_TOPIC_IN"
        }) {
      Env env = scram().with(variable, "x/s3cr3t-of-mine@");
      if (variable.equals("KAFKA_TLS_CA_LOCATION")) {
        env.with("KAFKA_TLS", "true");
      }
      assertThat(env.problem()).startsWith(variable + " = ***: ").doesNotContain("s3cr3t");
    }
  }

  @Test
  void aPastedPasswordIsFoundAlsoStrippedAndLowerCased() {
    AlgoSettings settings =
        scram()
            .with("KAFKA_AUTH_PASSWORD", "S3cr3t-Of-Mine\n")
            .with("ALGO_INPUT_DIR", "/S3cr3t-Of-Mine")
            .with("STORAGE_BUCKET_NAME", "S3cr3t-Of-Mine")
            .load();
    assertThat(settings.effective())
        .containsEntry("ALGO_INPUT_DIR", "/***")
        .containsEntry("STORAGE_BUCKET_NAME", "***");
    // A short one is only looked for as a whole: masking each "in" would tell more than it hides.
    settings = scram().with("KAFKA_AUTH_PASSWORD", "in").with("ALGO_INPUT_DIR", "in").load();
    assertThat(settings.effective())
        .containsEntry("ALGO_INPUT_DIR", "***")
        .containsEntry("KAFKA_INPUT_TOPIC_IN", "in-topic");
  }
}
