package run.algo.sdk.kafka.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.config.FailureAction;
import run.algo.sdk.kafka.internal.execute.TargetProbe;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

@WithEmbeddedKafka
class ParkingTopicPreparationIT {

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final String input = TopicNames.unique("Orders");
  private final String parked = ParkingTopic.name(input, "algorun-G");

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger(CompanionTopics.class)).addAppender(log);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger(CompanionTopics.class)).detachAppender(log);
  }

  private TopicPreparation preparation(boolean create) {
    return new TopicPreparation(
        new TopicPreparation.Plan(
            Set.of(input),
            Set.of(),
            "dlq",
            Optional.of(FailureAction.HALT),
            create,
            "broker:9092",
            "algo-user",
            Assignor.of(Map.of()),
            List.of(),
            List.of(new ParkingTopic(parked, input))));
  }

  private static boolean run(EmbeddedKafka kafka, TopicPreparation preparation) throws Exception {
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      return preparation.run(admin);
    }
  }

  /** As a user that has rules of access, where the broker has any. */
  private static boolean runAsUser(EmbeddedKafka kafka, TopicPreparation preparation)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return preparation.run(admin);
    }
  }

  private static Config config(EmbeddedKafka kafka, String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }
  }

  private int partitions(TopicPreparation preparation) {
    return TargetProbe.retryPartitions(preparation.parkingTopics(), parked);
  }

  @Test
  void makesTheTopicLikeItsInput(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 3, Map.of("max.message.bytes", "2000000"));
    TopicPreparation preparation = preparation(true);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitions(preparation)).isEqualTo(3);
    Config made = config(kafka, parked);
    assertThat(made.get("cleanup.policy").value()).isEqualTo("compact");
    assertThat(made.get("max.message.bytes").value()).isEqualTo("2065536");
    assertThat(made.get("min.cleanable.dirty.ratio").value()).isEqualTo("0.1");
    assertThat(made.get("segment.ms").value()).isEqualTo("3600000");
    assertThat(made.get("delete.retention.ms").value()).isEqualTo("3600000");
    assertThat(preparation.largestMessageBytes())
        .as("what the producer must be able to send")
        .isEqualTo(2_065_536);
    assertThat(preparation.maxMessageBytes(parked)).isEqualTo(2_065_536);
    assertThat(run(kafka, preparation(false))).as("there by now").isTrue();
    assertThat(log.list).as("as it is to be").isEmpty();
  }

  @Test
  void saysOnceWhatIsWrongWithAnExistingOne(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 3);
    kafka.createTopic(
        parked, 4, Map.of("cleanup.policy", "compact,delete", "max.message.bytes", "1000000"));
    TopicPreparation preparation = preparation(true);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitions(preparation)).isEqualTo(4);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .satisfiesExactly(
            text -> assertThat(text).startsWith("parking topic " + parked).contains("--delete"),
            text -> assertThat(text).contains(parked + " --add-config cleanup.policy=compact"),
            text -> assertThat(text).contains(parked + " --add-config max.message.bytes="));
    assertThat(config(kafka, parked).get("cleanup.policy").value())
        .as("left alone")
        .isEqualTo("compact,delete");
  }

  /** Nothing is made or changed by itself: a topic that is grown stays so. */
  @Test
  void withFewerPartitionsItIsAnErrorUntilSomebodyHasAddedThem(EmbeddedKafka kafka)
      throws Exception {
    kafka.createTopic(input, 3);
    kafka.createTopic(parked, 2, Map.of("cleanup.policy", "compact"));
    TopicPreparation preparation = preparation(true);
    assertThatThrownBy(() -> run(kafka, preparation))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("retryStrategy = StatefulOrdered or StatefulUnordered")
        .hasMessageContaining("2 partitions and " + input + " has 3")
        .hasMessageContaining("--alter --topic " + parked + " --partitions 3");
    assertThat(partitions(preparation)).isZero();
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      admin.createPartitions(Map.of(parked, NewPartitions.increaseTo(3))).all().get();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  admin
                          .describeTopics(List.of(parked))
                          .allTopicNames()
                          .get()
                          .get(parked)
                          .partitions()
                          .size()
                      == 3);
    }
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitions(preparation)).isEqualTo(3);
  }

  @Test
  void withoutLeaveToMakeItItIsAnErrorUntilSomebodyHasMadeIt(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 1);
    TopicPreparation preparation = preparation(false);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> run(kafka, preparation))
          .isInstanceOf(AlgoConfigurationException.class)
          .hasMessageContaining("ALGO_CREATE_TOPICS=false")
          .hasMessageContaining("--operation Read --operation Write --operation Describe");
      assertThat(partitions(preparation)).isZero();
    }
    kafka.createTopic(parked, 1);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitions(preparation)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "WRITE, may not write to it",
    "READ, may not read it",
    "DESCRIBE, neither see nor use",
    "CREATE, may not be made"
  })
  void aMissingRightIsAnErrorWithTheCommands(AclOperation denied, String why) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().authorizer().topic(input, 1).start()) {
      if (denied != AclOperation.CREATE) {
        kafka.createTopic(parked, 1);
      }
      deny(kafka, ResourceType.TOPIC, parked, denied);
      deny(kafka, ResourceType.CLUSTER, "kafka-cluster", AclOperation.CREATE);
      TopicPreparation preparation = preparation(true);
      assertThatThrownBy(() -> runAsUser(kafka, preparation))
          .isInstanceOf(AlgoConfigurationException.class)
          .hasMessageContaining(parked)
          .hasMessageContaining(why)
          .hasMessageContaining("kafka-topics.sh --bootstrap-server broker:9092 --create")
          .hasMessageContaining(
              "kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:algo-user"
                  + " --operation Read --operation Write --operation Describe --topic "
                  + parked);
      assertThat(partitions(preparation)).isZero();
    }
  }

  private static void deny(
      EmbeddedKafka kafka, ResourceType type, String name, AclOperation operation)
      throws Exception {
    List<AclBinding> rules =
        List.of(
            rule(type, name, AclOperation.ALL, AclPermissionType.ALLOW),
            rule(type, name, operation, AclPermissionType.DENY));
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      admin.createAcls(rules).all().get();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> admin.describeAcls(AclBindingFilter.ANY).values().get().containsAll(rules));
    }
  }

  private static AclBinding rule(
      ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL),
        new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
  }
}
