package run.algo.sdk.kafka.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
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
class RetryTopicPreparationIT {

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final String input = TopicNames.unique("Orders");
  private final String retry = input.toLowerCase(Locale.ROOT) + ".5d";

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
            List.of(new RetryTopic(retry, input, Duration.ofDays(5), Duration.ofDays(5))),
            List.of()));
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
    return TargetProbe.retryPartitions(preparation.retryTopics(), retry);
  }

  @Test
  void makesTheTopicLikeItsInput(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 3, Map.of("max.message.bytes", "2000000"));
    TopicPreparation preparation = preparation(true);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitions(preparation)).isEqualTo(3);
    Config made = config(kafka, retry);
    assertThat(made.get("retention.ms").value()).isEqualTo("864000000");
    assertThat(made.get("max.message.bytes").value()).isEqualTo("2065536");
    assertThat(made.get("cleanup.policy").value()).isEqualTo("delete");
    assertThat(preparation.largestMessageBytes())
        .as("what the producer must be able to send")
        .isEqualTo(2_065_536);
    assertThat(run(kafka, preparation(false))).as("there by now").isTrue();
    assertThat(log.list).as("as it is to be").isEmpty();
  }

  @Test
  void saysOnceWhatIsWrongWithAnExistingOne(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 3);
    kafka.createTopic(
        retry,
        2,
        Map.of(
            "retention.ms", "1000",
            "cleanup.policy", "compact,delete",
            "max.message.bytes", "2000000"));
    TopicPreparation preparation = preparation(true);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitions(preparation)).isEqualTo(2);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .satisfiesExactly(
            text -> assertThat(text).contains("--alter --topic " + retry + " --partitions 3"),
            text -> assertThat(text).contains(retry + " --add-config retention.ms=864000000"),
            text -> assertThat(text).contains(retry + " --add-config cleanup.policy=delete"));
    assertThat(config(kafka, retry).get("retention.ms").value()).as("left alone").isEqualTo("1000");
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
    kafka.createTopic(retry, 1);
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
        kafka.createTopic(retry, 1);
      }
      deny(kafka, ResourceType.TOPIC, retry, denied);
      deny(kafka, ResourceType.CLUSTER, "kafka-cluster", AclOperation.CREATE);
      TopicPreparation preparation = preparation(true);
      assertThatThrownBy(() -> runAsUser(kafka, preparation))
          .isInstanceOf(AlgoConfigurationException.class)
          .hasMessageContaining(retry)
          .hasMessageContaining(why)
          .hasMessageContaining("kafka-topics.sh --bootstrap-server broker:9092 --create")
          .hasMessageContaining(
              "kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:algo-user"
                  + " --operation Read --operation Write --operation Describe --topic "
                  + retry);
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
