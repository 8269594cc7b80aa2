package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {

  @Test
  void brokersAreRequired() {
    assertThat(Env.valid().without("KAFKA_BROKERS").problem())
        .startsWith("KAFKA_BROKERS = (not set): is required; ");
    assertThat(Env.valid().with("KAFKA_BROKERS", "  ").problem())
        .startsWith("KAFKA_BROKERS =   : is blank; ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka",
        "kafka:",
        ":9092",
        "kafka:0",
        "kafka:65536",
        "kafka:999999",
        "kafka:x",
        "a:1,,b:2",
        "a:1,",
        ",a:1",
        "a:1;b:2",
        "a b:1",
        "PLAINTEXT://kafka:9092",
        "u@kafka:9092",
        "kafka:9092/x",
        "::1:9092",
        "[::1]",
        "kafka:9092:9093",
        "a:1 b:2",
        "-kafka:9092",
        "kafka\n:9092",
        "kafka:-1"
      })
  void malformedBrokersAreAProblem(String list) {
    assertThat(Env.valid().with("KAFKA_BROKERS", list).problem())
        .startsWith("KAFKA_BROKERS = " + list.replace("\n", "\\n") + ": the entry ")
        .contains("host:port");
  }

  @Test
  void brokersAreAList() {
    assertThat(
            Env.valid()
                .with("KAFKA_BROKERS", "a:1, b_c.d-e:65535 ,10.0.0.1:9092,[::1]:9092")
                .load()
                .kafka()
                .bootstrapServers())
        .containsExactly("a:1", "b_c.d-e:65535", "10.0.0.1:9092", "[::1]:9092");
  }

  @Test
  void theGroupIsTheVariableElseDerived() {
    assertThat(Env.valid().load().groupId()).isEqualTo("algorun-test");
    String json =
        """
        {"deploymentOwner":"Local","deploymentName":"Test","owner":"Acme","name":"Text","index":2,
         "version":"1"}
        """;
    Env env = Env.valid().with("ALGO_RUNNER_CONFIG", json);
    assertThat(env.load().groupId()).isEqualTo("algorun-test");
    env.without("ALGO_GROUP_ID");
    assertThat(env.load().groupId()).isEqualTo("algorun-Local-Test-Acme-Text-2");
    assertThat(env.load().runnerConfig().identity().fullName()).isEqualTo("Acme/Text:1[2]");
    assertThat(Env.valid().without("ALGO_GROUP_ID").problem())
        .isEqualTo(
            "ALGO_GROUP_ID = (not set): the consumer group cannot be named: there is no runner"
                + " config; set it to the name of the consumer group");
    env.with("ALGO_RUNNER_CONFIG", "{\"deploymentOwner\":\"o\",\"name\":\"n\"}");
    assertThat(env.problem())
        .contains("the runner config has no deploymentName, owner; set it to the name");
  }

  @ParameterizedTest
  @CsvSource({"ALGO_GROUP_ID", "INSTANCE_NAME"})
  void namesAreClean(String variable) {
    assertThat(Env.valid().with(variable, "a\nb").problem())
        .startsWith(variable + " = a\\nb: holds control characters; ");
    assertThat(Env.valid().with(variable, "a".repeat(250)).problem())
        .contains("is longer than 249 characters");
    assertThat(Env.valid().with(variable, "a".repeat(249)).load()).isNotNull();
  }

  @Test
  void ownedPropertiesAreRefusedByName() {
    for (String property :
        List.of(
            "bootstrap.servers",
            "group.id",
            "client.id",
            "enable.auto.commit",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer",
            "acks",
            "enable.idempotence",
            "transactional.id",
            "isolation.level",
            "delivery.timeout.ms",
            "security.protocol",
            "sasl.jaas.config",
            "sasl.mechanism",
            "sasl.anything",
            "ssl.keystore.password",
            "ssl.truststore.location",
            "ssl.engine.factory.class",
            "ssl.endpoint")) {
      for (String client : List.of("CLIENT", "CONSUMER", "PRODUCER")) {
        String variable = "KAFKA_" + client + "_" + Texts.upper(property).replace('.', '_');
        assertThat(Env.valid().with(variable, "hunter2-hunter2").problem())
            .startsWith(
                variable + " = ***: the client property " + property + " belongs to the SDK; ")
            .doesNotContain("hunter2");
      }
    }
  }

  @Test
  void otherPropertiesAreTaken() {
    AlgoSettings settings =
        Env.valid()
            .with("KAFKA_CONSUMER_MAX_POLL_RECORDS", "7")
            .with("KAFKA_PRODUCER_LINGER_MS", "9")
            .with("KAFKA_CLIENT_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM", "")
            .with("KAFKA_CLIENT_REQUEST_TIMEOUT_MS", "10000")
            .load();
    assertThat(settings.kafka().consumerProperties()).containsOnlyKeys("max.poll.records");
    assertThat(settings.kafka().producerProperties()).containsOnlyKeys("linger.ms");
    assertThat(settings.kafka().clientProperties())
        .containsEntry("ssl.endpoint.identification.algorithm", "")
        .containsEntry("request.timeout.ms", "10000");
    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.effective()).containsEntry("KAFKA_CONSUMER_MAX_POLL_RECORDS", "7");
  }

  @Test
  void anUnknownPropertyIsAWarningWithoutItsValue() {
    AlgoSettings settings = Env.valid().with("KAFKA_CONSUMER_PORT", "tcp://10.0.0.1:9092").load();
    assertThat(settings.warnings())
        .singleElement()
        .asString()
        .startsWith("KAFKA_CONSUMER_PORT: no client property port is known; ");
    assertThat(settings.toString() + settings.kafka()).doesNotContain("10.0.0.1");
    assertThat(ClientProperties.consumer(settings)).containsEntry("port", "tcp://10.0.0.1:9092");
    // a property of the producer is unknown to the consumer
    assertThat(Env.valid().with("KAFKA_CONSUMER_LINGER_MS", "1").load().warnings()).hasSize(1);
    assertThat(Env.valid().with("KAFKA_CLIENT_LINGER_MS", "1").load().warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "KAFKA_CONSUMER_MAX_POLL_RECORDS, many, is not a value of type INT",
    "KAFKA_CONSUMER_MAX_POLL_RECORDS, 0, is not allowed for max.poll.records",
    "KAFKA_CONSUMER_CHECK_CRCS, maybe, is not a value of type BOOLEAN",
    "KAFKA_CONSUMER_AUTO_OFFSET_RESET, sometimes, is not allowed for auto.offset.reset",
    "KAFKA_CONSUMER_INTERCEPTOR_CLASSES, '', ''",
    "KAFKA_PRODUCER_COMPRESSION_TYPE, zip, is not allowed for compression.type",
    "KAFKA_PRODUCER_PARTITIONER_CLASS, no.such.Class, is not a value of type CLASS",
    "KAFKA_PRODUCER_BUFFER_MEMORY, 1GiB, is not a value of type LONG",
    "KAFKA_CLIENT_METADATA_MAX_AGE_MS, -5, is not allowed for metadata.max.age.ms",
    "KAFKA_CONSUMER_GROUP_PROTOCOL, newest, is not allowed for group.protocol",
    "KAFKA_PRODUCER_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 6, an idempotent producer keeps order",
    "KAFKA_CLIENT_RETRIES, 0, an idempotent producer must retry",
    "KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS, 45000, is not below session.timeout.ms",
  })
  void valuesAreCheckedAsTheClientWould(String variable, String value, String problem) {
    Env env = Env.valid().with(variable, value);
    if (problem.isEmpty()) {
      assertThat(env.load().warnings()).isEmpty();
    } else {
      assertThat(env.problem()).startsWith(variable + " = " + value + ": ").contains(problem);
    }
  }

  @Test
  void theNewGroupProtocolRefusesSettingsOfTheOldOne() {
    Env env =
        Env.valid()
            .with("KAFKA_CONSUMER_GROUP_PROTOCOL", "consumer")
            .with("KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "10000")
            .with("KAFKA_CLIENT_HEARTBEAT_INTERVAL_MS", "1000")
            .with("KAFKA_CONSUMER_PARTITION_ASSIGNMENT_STRATEGY", "x.Y");
    assertThat(env.problems())
        .extracting(problem -> problem.setting())
        .contains(
            "KAFKA_CONSUMER_SESSION_TIMEOUT_MS",
            "KAFKA_CLIENT_HEARTBEAT_INTERVAL_MS",
            "KAFKA_CONSUMER_PARTITION_ASSIGNMENT_STRATEGY");
  }
}
