package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.kafka.internal.tls.PemSslEngineFactory;
import run.algo.sdk.kafka.internal.tls.PemTestFiles;

class ClientPropertiesTest {

  @TempDir Path folder;

  private static Map<String, Object> without(Map<String, Object> map, String... names) {
    Map<String, Object> result = new HashMap<>(map);
    for (String name : names) {
      assertThat(result.remove(name)).as(name).isNotNull();
    }
    return result;
  }

  @Test
  void theConsumerHasWhatTheProtocolDemands() {
    AlgoSettings settings =
        Env.valid().with("INSTANCE_NAME", "pod-1").with("ALGO_MEMORY_BUDGET", "100MiB").load();
    Map<String, Object> properties = ClientProperties.consumer(settings);
    assertThat(properties)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("bootstrap.servers", "kafka:9092"),
                Map.entry("client.id", "pod-1-consumer"),
                Map.entry("group.id", "algorun-test"),
                Map.entry("security.protocol", "PLAINTEXT"),
                Map.entry("key.deserializer", ByteArrayDeserializer.class),
                Map.entry("value.deserializer", ByteArrayDeserializer.class),
                Map.entry("auto.offset.reset", "earliest"),
                Map.entry("enable.auto.commit", false),
                Map.entry("isolation.level", "read_committed"),
                Map.entry("allow.auto.create.topics", false),
                Map.entry("max.poll.records", 500),
                Map.entry("fetch.max.bytes", 50 * 1024 * 1024),
                Map.entry("max.partition.fetch.bytes", 1024 * 1024),
                Map.entry(
                    "partition.assignment.strategy", CooperativeStickyAssignor.class.getName())));
    new ConsumerConfig(properties);
  }

  @Test
  void theProducerHasWhatTheProtocolDemands() {
    AlgoSettings settings =
        Env.valid().with("INSTANCE_NAME", "pod-1").with("ALGO_MEMORY_BUDGET", "40MiB").load();
    Map<String, Object> properties = ClientProperties.producer(settings);
    assertThat(properties)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("bootstrap.servers", "kafka:9092"),
                Map.entry("client.id", "pod-1-producer"),
                Map.entry("security.protocol", "PLAINTEXT"),
                Map.entry("key.serializer", ByteArraySerializer.class),
                Map.entry("value.serializer", ByteArraySerializer.class),
                Map.entry("acks", "all"),
                Map.entry("enable.idempotence", true),
                Map.entry("delivery.timeout.ms", Integer.MAX_VALUE),
                Map.entry("max.block.ms", 60_000),
                Map.entry("buffer.memory", 20L * 1024 * 1024),
                Map.entry("batch.size", 64 * 1024)));
    new ProducerConfig(properties);
    Map<String, Object> admin = ClientProperties.admin(settings);
    assertThat(admin)
        .containsEntry("client.id", "pod-1-admin")
        .containsEntry("bootstrap.servers", "kafka:9092");
    new AdminClientConfig(admin);
  }

  @Test
  void aSmallBudgetBoundsTheBuffers() {
    AlgoSettings settings =
        Env.valid().with("ALGO_MEMORY_BUDGET", "64KiB").with("ALGO_MAX_IN_FLIGHT", "60").load();
    assertThat(ClientProperties.consumer(settings))
        .containsEntry("fetch.max.bytes", 32768)
        .containsEntry("max.partition.fetch.bytes", 4096)
        .containsEntry("max.poll.records", 3);
    assertThat(ClientProperties.consumer(Env.valid().with("ALGO_MAX_IN_FLIGHT", "3").load()))
        .containsEntry("max.poll.records", 1);
    assertThat(ClientProperties.producer(settings))
        .containsEntry("buffer.memory", 32768L)
        .containsEntry("batch.size", 32768);
  }

  @Test
  void theNewGroupProtocolHasNoAssignor() {
    for (String variable :
        new String[] {"KAFKA_CONSUMER_GROUP_PROTOCOL", "KAFKA_CLIENT_GROUP_PROTOCOL"}) {
      AlgoSettings settings = Env.valid().with(variable, "CONSUMER").load();
      assertThat(ClientProperties.consumer(settings))
          .containsEntry("group.protocol", "CONSUMER")
          .doesNotContainKeys(
              "partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms");
      assertThat(ClientProperties.producer(settings)).doesNotContainKey("group.protocol");
    }
  }

  @Test
  void theUsersPropertiesComeOnTop() {
    AlgoSettings settings =
        Env.valid()
            .with("KAFKA_CLIENT_REQUEST_TIMEOUT_MS", "1000")
            .with("KAFKA_PRODUCER_REQUEST_TIMEOUT_MS", "2000")
            .with("KAFKA_CLIENT_LINGER_MS", "7")
            .with("KAFKA_CONSUMER_MAX_POLL_RECORDS", "9")
            .with("KAFKA_CONSUMER_AUTO_OFFSET_RESET", "latest")
            .with("KAFKA_PRODUCER_BUFFER_MEMORY", "1000000")
            .load();
    assertThat(ClientProperties.consumer(settings))
        .containsEntry("request.timeout.ms", "1000")
        .containsEntry("max.poll.records", "9")
        .containsEntry("auto.offset.reset", "latest")
        .doesNotContainKey("linger.ms");
    assertThat(ClientProperties.producer(settings))
        .containsEntry("request.timeout.ms", "2000")
        .containsEntry("linger.ms", "7")
        .containsEntry("buffer.memory", "1000000");
    assertThat(ClientProperties.admin(settings))
        .containsEntry("request.timeout.ms", "1000")
        .doesNotContainKey("linger.ms");
  }

  @Test
  void tlsTakesTheEngineOfPemFiles() throws Exception {
    PemTestFiles pem = PemTestFiles.in(folder);
    AlgoSettings settings =
        Env.valid()
            .with("KAFKA_AUTH_TYPE", "tls")
            .with("KAFKA_TLS_CA_LOCATION", pem.ca().toString())
            .with("KAFKA_AUTH_TLS_USER_LOCATION", pem.certificate().toString())
            .with("KAFKA_AUTH_TLS_KEY_LOCATION", pem.key().toString())
            .load();
    Map<String, Object> expected =
        Map.of(
            "security.protocol", "SSL",
            "ssl.engine.factory.class", PemSslEngineFactory.class,
            "algo.tls.ca.location", pem.ca().toString(),
            "algo.tls.certificate.location", pem.certificate().toString(),
            "algo.tls.key.location", pem.key().toString());
    assertThat(ClientProperties.consumer(settings)).containsAllEntriesOf(expected);
    assertThat(ClientProperties.producer(settings)).containsAllEntriesOf(expected);
    assertThat(without(ClientProperties.admin(settings), "bootstrap.servers", "client.id"))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "simple", "two words", "quo\"te", "back\\slash", "semi;colon", "end\\", "a=b", "'single'",
        "line\nbreak", "cr\rtab\t", "nul\u0000nul", "\u00017", "\\n", "//comment", "/*c*/",
            "ünïcödé",
        "😀", "\"", ";\" evil required=\"", "\u001f9\u007f\u0085", "${env:HOME}"
      })
  void credentialsSurviveTheLoginEntry(String text) {
    AlgoSettings settings =
        Env.valid()
            .with("KAFKA_AUTH_TYPE", "scram-sha-512")
            .with("KAFKA_AUTH_USERNAME", text)
            .with("KAFKA_AUTH_PASSWORD", text + text)
            .load();
    Map<String, Object> properties = ClientProperties.producer(settings);
    assertThat(properties)
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry("security.protocol", "SASL_PLAINTEXT");
    JaasContext jaas = JaasContext.loadClientContext(properties);
    assertThat(jaas.configurationEntries()).hasSize(1);
    assertThat(jaas.configurationEntries().get(0).getLoginModuleName())
        .isEqualTo("org.apache.kafka.common.security.scram.ScramLoginModule");
    Map<String, ?> options = jaas.configurationEntries().get(0).getOptions();
    assertThat(options.get("username")).isEqualTo(text);
    assertThat(options.get("password")).isEqualTo(text + text);
    assertThat(options).hasSize(2);
    assertThat(properties.get("sasl.jaas.config")).hasToString("[hidden]");
  }

  @Test
  void plainHasItsOwnLoginModule() {
    AlgoSettings settings =
        Env.valid()
            .with("KAFKA_AUTH_TYPE", "plain")
            .with("KAFKA_AUTH_USERNAME", "u")
            .with("KAFKA_AUTH_PASSWORD", "p")
            .load();
    Map<String, Object> properties = ClientProperties.consumer(settings);
    assertThat(properties).containsEntry("sasl.mechanism", "PLAIN");
    assertThat(
            JaasContext.loadClientContext(properties)
                .configurationEntries()
                .get(0)
                .getLoginModuleName())
        .isEqualTo("org.apache.kafka.common.security.plain.PlainLoginModule");
  }
}
