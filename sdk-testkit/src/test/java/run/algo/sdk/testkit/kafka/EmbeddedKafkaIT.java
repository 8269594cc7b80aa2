package run.algo.sdk.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path directory;

  private static List<String> values(KafkaProbe probe, String topic, int count) {
    return probe.readAll(topic, count, TIMEOUT).stream().map(ConsumerRecord::value).toList();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  @Test
  void stoppedBrokerReturnsWithItsDataAndPort() {
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().topic("orders", 1).start()) {
      String address = kafka.bootstrapServers();
      kafka.probe().produce("orders", "a", "1");

      kafka.stopBroker(0);
      kafka.stopBroker(0);
      assertThat(Ports.isFree(port(address))).isTrue();
      kafka.startBroker(0);
      kafka.startBroker(0);

      assertThat(kafka.bootstrapServers()).isEqualTo(address);
      assertThat(Ports.isFree(port(address))).isFalse();
      assertThat(values(kafka.probe(), "orders", 1)).containsExactly("1");

      kafka.restart();
      kafka.probe().produce("orders", "a", "2");
      assertThat(values(kafka.probe(), "orders", 2)).containsExactly("1", "2");
    }
  }

  @Test
  void threeBrokersGoOnWithTwo() {
    try (EmbeddedKafka kafka =
        EmbeddedKafka.builder()
            .brokers(3)
            .topic("orders", 3, Map.of("min.insync.replicas", "2"))
            .start()) {
      KafkaProbe probe = kafka.probe();
      probe.produce("orders", 0, "a", "1");
      probe.produce("orders", 1, "b", "2");

      kafka.stopBroker(1);
      for (int partition = 0; partition < 3; partition++) {
        probe.produce("orders", partition, "c", "with two");
      }
      assertThat(probe.endOffsets("orders"))
          .containsEntry(new TopicPartition("orders", 0), 2L)
          .containsEntry(new TopicPartition("orders", 1), 2L)
          .containsEntry(new TopicPartition("orders", 2), 1L);

      kafka.startBroker(1);
      assertThat(values(probe, "orders", 5)).hasSize(5).contains("1", "2", "with two");
      assertThat(kafka.bootstrapServers().split(",")).hasSize(kafka.brokerCount()).hasSize(3);
    }
  }

  @Test
  void closeLeavesNothingBehind() throws Exception {
    Set<Thread> before = threadsThatKeepTheProcess();
    EmbeddedKafka first = EmbeddedKafka.start();
    first.createTopic("orders", 1);
    first.probe().produce("orders", "a", "1");
    int port = port(first.bootstrapServers());
    Set<Thread> during = threadsThatKeepTheProcess();
    during.removeAll(before);
    assertThat(during).as("the broker's threads").isNotEmpty();

    first.close();
    first.close();

    assertThat(Await.until(TIMEOUT, () -> during.stream().noneMatch(Thread::isAlive)))
        .as("ended: %s", during)
        .isTrue();
    assertThatThrownBy(() -> first.startBroker(0)).hasMessageContaining("closed");
    try (EmbeddedKafka second = EmbeddedKafka.builder().port(port).topic("orders", 1).start()) {
      assertThat(second.bootstrapServers()).isEqualTo("localhost:" + port);
      second.probe().produce("orders", "a", "2");
      assertThat(values(second.probe(), "orders", 1)).containsExactly("2");
    }
  }

  @Test
  void givenFolderKeepsItsData() {
    try (EmbeddedKafka kafka =
        EmbeddedKafka.builder().logDirectory(directory).topic("orders", 1).start()) {
      kafka.probe().produce("orders", "a", "1");
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().logDirectory(directory).start()) {
      assertThat(values(kafka.probe(), "orders", 1)).containsExactly("1");
    }
  }

  @Test
  void usedPortIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> EmbeddedKafka.builder().port(port).start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("port " + port, "in use");
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> EmbeddedKafka.builder().brokers(0).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("brokers is 0");
    assertThatThrownBy(() -> EmbeddedKafka.builder().port(70_000).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port is 70000");
    assertThatThrownBy(() -> EmbeddedKafka.builder().mutualTls().start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tls(certificates)");
  }

  @Test
  void deniedTopicIsDeniedToClientsOnly() throws Exception {
    try (EmbeddedKafka kafka =
            EmbeddedKafka.builder()
                .authorizer()
                .topic("open", 1)
                .topic("closed", 1)
                .brokerProperty("message.max.bytes", "2000")
                .start();
        Admin admin = Admin.create(kafka.adminProperties());
        KafkaProbe client = new KafkaProbe(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      client.produce("closed", "a", "before");
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(ResourceType.TOPIC, "closed", PatternType.LITERAL),
                      new AccessControlEntry(
                          "User:ANONYMOUS", "*", AclOperation.WRITE, AclPermissionType.DENY))))
          .all()
          .get();

      // The brokers apply a rule some moments after the controller has accepted it.
      boolean denied =
          Await.until(
              TIMEOUT,
              () -> {
                try {
                  client.produce("closed", "a", "after");
                  return false;
                } catch (IllegalStateException e) {
                  return e.getCause() instanceof TopicAuthorizationException;
                }
              });

      assertThat(denied).isTrue();
      client.produce("open", "a", "1");
      kafka.probe().produce("closed", "a", "by the administrator");
      assertThatThrownBy(() -> client.produce("open", "a", "x".repeat(3000)))
          .as("the broker's own setting")
          .hasMessageContaining("RecordTooLarge");
    }
  }

  @Test
  void refusalsTellTheCause() {
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().topic("orders", 1).start()) {
      assertThatThrownBy(() -> kafka.createTopic("orders", 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("creating the topic orders")
          .hasCauseInstanceOf(TopicExistsException.class);
      assertThatThrownBy(() -> kafka.bootstrapServers(Listener.SSL))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("No listener SSL", "[PLAINTEXT]", "tls(certificates)");
      assertThatThrownBy(() -> kafka.stopBroker(1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("broker is 1");
    }
  }

  private static Set<Thread> threadsThatKeepTheProcess() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon())
        .collect(Collectors.toSet());
  }
}
