package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.Listener;
import run.algo.sdk.testkit.tls.ClientCertificate;
import run.algo.sdk.testkit.tls.TestCertificates;

/**
 * A runner end to end behind each of the protocol's ways to connect, from its environment alone.
 */
class SecuredRunnerIT {

  private static final String USER = "algorun";
  private static final String PASSWORD = "s#cr/t+%\"\\";

  @TempDir private static Path folder;

  private static TestCertificates certificates;
  private static EmbeddedKafka kafka;

  private final Deployment deployment = new Deployment(kafka, 2);

  @BeforeAll
  static void start() {
    certificates = TestCertificates.create(folder);
    kafka =
        EmbeddedKafka.builder()
            .tls(certificates)
            .mutualTls()
            .saslScram(USER, PASSWORD)
            .saslPlain("plain", "plain-secret")
            .start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  /** Writes where a record stood. */
  private static final class Echo implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      return Deployment.id(context.position());
    }
  }

  private void runs(Listener listener, Map<String, String> security) {
    Map<String, String> environment = deployment.environment();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers(listener));
    environment.putAll(security);
    environment.put("ALGO_METRICS_PORT", "0");
    environment.put("ALGO_METRICS_ADDRESS", "127.0.0.1");
    deployment.fill(50);
    try (AlgoRunner runner = AlgoRunner.builder(new Echo()).environment(environment).build()) {
      runner.start();
      deployment.awaitAllCommitted();
      assertThat(runner.notReady()).isEmpty();
      assertThat(RunnerPort.of(runner).scrape().of("algo_certificate_expiry_timestamp_seconds"))
          .as("of the files that it was given")
          .extracting(sample -> sample.labels().get("certificate"))
          .containsExactlyInAnyOrderElementsOf(certificatesOf(security));
    }
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  private static List<String> certificatesOf(Map<String, String> security) {
    List<String> names = new ArrayList<>();
    if (security.containsKey("KAFKA_TLS_CA_LOCATION")) {
      names.add("ca");
    }
    if (security.containsKey("KAFKA_AUTH_TLS_USER_LOCATION")) {
      names.add("user");
    }
    return names;
  }

  @Test
  void scramOverTls() {
    Map<String, String> security = new HashMap<>();
    security.put("KAFKA_TLS", "true");
    security.put("KAFKA_TLS_CA_LOCATION", certificates.caFile().toString());
    security.put("KAFKA_AUTH_TYPE", "scram-sha-512");
    security.put("KAFKA_AUTH_USERNAME", USER);
    security.put("KAFKA_AUTH_PASSWORD", PASSWORD);
    runs(Listener.SASL_SSL, security);
  }

  @Test
  void plainWithoutTls() {
    Map<String, String> security = new HashMap<>();
    security.put("KAFKA_AUTH_TYPE", "plain");
    security.put("KAFKA_AUTH_USERNAME", "plain");
    security.put("KAFKA_AUTH_PASSWORD", "plain-secret");
    runs(Listener.SASL_PLAINTEXT, security);
  }

  @Test
  void aClientCertificate() {
    ClientCertificate client = certificates.issueClient(USER);
    Map<String, String> security = new HashMap<>();
    security.put("KAFKA_TLS", "true");
    security.put("KAFKA_TLS_CA_LOCATION", certificates.caFile().toString());
    security.put("KAFKA_AUTH_TYPE", "tls");
    security.put("KAFKA_AUTH_TLS_USER_LOCATION", client.certificateFile().toString());
    security.put("KAFKA_AUTH_TLS_KEY_LOCATION", client.keyFile().toString());
    runs(Listener.SSL, security);
  }
}
