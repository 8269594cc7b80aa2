package run.algo.sdk.kafka.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.Listener;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.tls.ClientCertificate;
import run.algo.sdk.testkit.tls.KeyFormat;
import run.algo.sdk.testkit.tls.KeyType;
import run.algo.sdk.testkit.tls.TestCertificates;

/** Kafka's own clients with {@link PemSslEngineFactory} against a real broker. */
class TlsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path folder;
  private static TestCertificates certificates;
  private static EmbeddedKafka kafka;

  @TempDir Path mount;

  @BeforeAll
  static void startBroker() {
    certificates = TestCertificates.create(folder);
    kafka =
        EmbeddedKafka.builder()
            .tls(certificates)
            .mutualTls()
            .saslScram("algo", "algo-secret")
            .authorizer()
            .start();
  }

  @AfterAll
  static void stopBroker() {
    if (kafka != null) {
      kafka.close();
    }
  }

  private static Map<String, Object> client(Listener listener) {
    Map<String, Object> configs = new HashMap<>();
    configs.put("bootstrap.servers", kafka.bootstrapServers(listener));
    configs.put("security.protocol", listener.name());
    configs.put("ssl.engine.factory.class", PemSslEngineFactory.class.getName());
    configs.put(PemSslEngineFactory.CA_LOCATION, certificates.caFile().toString());
    configs.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
    return configs;
  }

  private static Map<String, Object> mutual(Path certificate, Path key) {
    Map<String, Object> configs = client(Listener.SSL);
    configs.put(PemSslEngineFactory.CERTIFICATE_LOCATION, certificate.toString());
    configs.put(PemSslEngineFactory.KEY_LOCATION, key.toString());
    return configs;
  }

  private static Producer<String, String> producer(Map<String, Object> configs) {
    Map<String, Object> all = new HashMap<>(configs);
    all.remove("default.api.timeout.ms");
    // The identifier of an idempotent producer is subject to access rules of its own.
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
  }

  private static void send(Producer<String, String> producer, String topic, String value)
      throws Exception {
    producer
        .send(new ProducerRecord<>(topic, value))
        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void assertAllClientsWork(Map<String, Object> configs) throws Exception {
    String topic = TopicNames.unique("tls");
    kafka.createTopic(topic, 1);
    try (Admin admin = Admin.create(configs)) {
      Set<String> names = admin.listTopics().names().get(30, TimeUnit.SECONDS);
      assertThat(names).contains(topic);
    }
    try (Producer<String, String> producer = producer(configs)) {
      send(producer, topic, "over TLS");
    }
    Map<String, Object> consuming = new HashMap<>(configs);
    consuming.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
    consuming.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    List<String> values = new ArrayList<>();
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                for (ConsumerRecord<String, String> record :
                    consumer.poll(Duration.ofMillis(100))) {
                  values.add(record.value());
                }
                return !values.isEmpty();
              });
    }
    assertThat(values).containsExactly("over TLS");
  }

  @Test
  void scramOverTls() throws Exception {
    Map<String, Object> configs = client(Listener.SASL_SSL);
    configs.put("sasl.mechanism", "SCRAM-SHA-512");
    configs.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required"
            + " username=\"algo\" password=\"algo-secret\";");
    assertAllClientsWork(configs);
  }

  @ParameterizedTest
  @CsvSource({"RSA,PKCS8", "EC,PKCS8", "RSA,PKCS1", "EC,SEC1"})
  void mutualTls(KeyType type, KeyFormat format) throws Exception {
    ClientCertificate own = certificates.issueClient("client-" + type + format, type, format);
    assertAllClientsWork(mutual(own.certificateFile(), own.keyFile()));
  }

  @Test
  void withoutACertificateTheBrokerRefuses() {
    assertRefused(client(Listener.SSL));
  }

  @Test
  void aBrokerOfAnotherAuthorityIsRefused() {
    ClientCertificate own = certificates.issueClient("careful");
    Map<String, Object> configs = mutual(own.certificateFile(), own.keyFile());
    configs.put(
        PemSslEngineFactory.CA_LOCATION, TestCertificates.create(mount).caFile().toString());
    assertRefused(configs);
  }

  private static void assertRefused(Map<String, Object> configs) {
    try (Admin admin = Admin.create(configs)) {
      assertThatThrownBy(() -> admin.listTopics().names().get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SslAuthenticationException.class);
    }
  }

  @Test
  void aMissingFileFailsTheStartWithItsPath() {
    Path missing = mount.resolve("missing.crt");
    ClientCertificate own = certificates.issueClient("half");
    Map<String, Object> configs = mutual(missing, own.keyFile());
    assertThatThrownBy(() -> producer(configs))
        .isInstanceOf(KafkaException.class)
        .hasRootCauseInstanceOf(java.nio.file.NoSuchFileException.class)
        .hasStackTraceContaining(ConfigException.class.getName())
        .hasStackTraceContaining(missing + " does not exist");
  }

  @Test
  void aRunningClientShowsTheRotatedCertificateOnItsNextConnection() throws Exception {
    ClientCertificate before =
        certificates.issueClient("before-rotation", KeyType.RSA, KeyFormat.PKCS1);
    ClientCertificate after =
        certificates.issueClient("after-rotation", KeyType.EC, KeyFormat.SEC1);
    String topic = TopicNames.unique("rotation");
    kafka.createTopic(topic, 1);
    allowOnly(after, topic);
    MountedSecret secret = new MountedSecret(mount, files(before));
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.list = new CopyOnWriteArrayList<>();
    logged.start();
    Logger logger = (Logger) LoggerFactory.getLogger(RotatingTls.class);
    logger.setLevel(Level.INFO);
    logger.addAppender(logged);
    try (Producer<String, String> producer =
        producer(mutual(secret.file("tls.crt"), secret.file("tls.key")))) {
      assertThatThrownBy(() -> send(producer, topic, "denied"))
          .hasCauseInstanceOf(TopicAuthorizationException.class);
      secret.update(files(after));
      assertThatThrownBy(() -> send(producer, topic, "open connections stay as they are"))
          .hasCauseInstanceOf(TopicAuthorizationException.class);
      kafka.stopBroker(0);
      // The producer tries to reconnect, and each try may look at the files.
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  logged.list.stream()
                      .map(ILoggingEvent::getFormattedMessage)
                      .anyMatch(text -> text.contains(secret.file("tls.crt").toString())));
      kafka.startBroker(0);
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(
              () -> {
                send(producer, topic, "allowed");
                return true;
              });
    } finally {
      logger.detachAppender(logged);
      logger.setLevel(null);
      kafka.startBroker(0);
    }
    assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
    assertThat(kafka.probe().readAll(topic, 1, PATIENCE))
        .extracting(ConsumerRecord::value)
        .containsExactly("allowed");
  }

  private static Map<String, String> files(ClientCertificate own) {
    return Map.of("tls.crt", own.certificatePem(), "tls.key", own.keyPem());
  }

  private static void allowOnly(ClientCertificate own, String topic) throws Exception {
    String principal =
        new KafkaPrincipal(
                KafkaPrincipal.USER_TYPE, own.certificate().getSubjectX500Principal().getName())
            .toString();
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                      new AccessControlEntry(
                          principal, "*", AclOperation.WRITE, AclPermissionType.ALLOW))))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }
}
