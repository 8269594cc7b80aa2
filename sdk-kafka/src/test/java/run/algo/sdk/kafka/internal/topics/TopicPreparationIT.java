package run.algo.sdk.kafka.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.FailureAction;
import run.algo.sdk.kafka.internal.execute.TargetProbe;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

@WithEmbeddedKafka
class TopicPreparationIT {

  private static final long DAY = 24L * 60 * 60 * 1000;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final String input = TopicNames.unique("Orders");
  private final String deadLetters = input.toLowerCase(Locale.ROOT) + ".dlq";

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger(TopicPreparation.class)).addAppender(log);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger(TopicPreparation.class)).detachAppender(log);
  }

  private TopicPreparation preparation(Optional<FailureAction> action, boolean create) {
    return preparation(Set.of(input), action, create);
  }

  private static TopicPreparation preparation(
      Set<String> inputs, Optional<FailureAction> action, boolean create) {
    return new TopicPreparation(
        new TopicPreparation.Plan(
            inputs,
            Set.of(),
            "dlq",
            action,
            create,
            "broker:9092",
            "algo-user",
            Assignor.of(Map.of())));
  }

  private static Admin admin(EmbeddedKafka kafka) {
    return Admin.create(
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
  }

  private static TopicDescription describe(EmbeddedKafka kafka, String topic) throws Exception {
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    }
  }

  private static String config(EmbeddedKafka kafka, String topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      return config.get(name).value();
    }
  }

  private static boolean exists(EmbeddedKafka kafka, String topic) throws Exception {
    try {
      describe(kafka, topic);
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
      return false;
    }
  }

  private String logged() {
    return log.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private boolean run(EmbeddedKafka kafka, TopicPreparation preparation) throws Exception {
    try (Admin admin = admin(kafka)) {
      return preparation.run(admin);
    }
  }

  private int partitionsOf(TopicPreparation preparation) {
    return TargetProbe.partitions(preparation.deadLetters(), input);
  }

  @Test
  void makesTheDeadLetterTopicLikeItsInput(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 3, Map.of("max.message.bytes", "2000000"));
    TopicPreparation preparation = preparation(Optional.empty(), true);

    assertThat(run(kafka, preparation)).isTrue();

    TopicDescription made = describe(kafka, deadLetters);
    assertThat(made.partitions()).hasSize(3);
    assertThat(made.partitions().get(0).replicas()).hasSize(1);
    assertThat(config(kafka, deadLetters, "retention.ms")).isEqualTo("" + 14 * DAY);
    assertThat(config(kafka, deadLetters, "max.message.bytes")).isEqualTo("" + (2000000 + 65536));
    assertThat(config(kafka, deadLetters, "cleanup.policy")).isEqualTo("delete");
    assertThat(partitionsOf(preparation)).isEqualTo(3);
    assertThat(preparation.maxMessageBytes(input)).isEqualTo(2000000);
    assertThat(preparation.largestMessageBytes()).isEqualTo(2000000 + 65536);
    assertThat(preparation.maxMessageBytes("unknown"))
        .as("left to the broker")
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void keepsDeadLettersAsLongAsTheInputsRecords(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 1, Map.of("retention.ms", "" + 30 * DAY));
    run(kafka, preparation(Optional.of(FailureAction.DEAD_LETTER), true));
    assertThat(config(kafka, deadLetters, "retention.ms")).isEqualTo("" + 30 * DAY);
  }

  @Test
  void keepsDeadLettersForEverWhereTheInputDoes(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(
        input, 1, Map.of("retention.ms", "-1", "max.message.bytes", "" + Integer.MAX_VALUE));
    TopicPreparation preparation = preparation(Optional.empty(), true);
    run(kafka, preparation);
    assertThat(config(kafka, deadLetters, "retention.ms")).isEqualTo("-1");
    assertThat(config(kafka, deadLetters, "max.message.bytes")).isEqualTo("" + Integer.MAX_VALUE);
    assertThat(preparation.largestMessageBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void warnsOfInputsThatAreNotAlignedOnceAllAreThere(EmbeddedKafka kafka) throws Exception {
    String second = TopicNames.unique("customers");
    ListAppender<ILoggingEvent> warnings = new ListAppender<>();
    warnings.start();
    Logger logger = (Logger) LoggerFactory.getLogger(InputAlignment.class);
    logger.addAppender(warnings);
    try {
      TopicPreparation preparation =
          preparation(Set.of(input, second), Optional.of(FailureAction.HALT), true);
      kafka.createTopic(input, 3);
      assertThat(run(kafka, preparation)).isFalse();
      assertThat(warnings.list).isEmpty();

      kafka.createTopic(second, 2);
      assertThat(run(kafka, preparation)).isTrue();
      assertThat(warnings.list)
          .singleElement()
          .extracting(ILoggingEvent::getFormattedMessage)
          .asString()
          .contains(input + " with 3 partitions")
          .contains(second + " with 2 partitions");
    } finally {
      logger.detachAppender(warnings);
    }
  }

  @Test
  void usesAnExistingTopicAsItIs(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 3);
    kafka.createTopic(deadLetters, 1, Map.of("retention.ms", "1000"));
    TopicPreparation preparation = preparation(Optional.of(FailureAction.DEAD_LETTER), false);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitionsOf(preparation)).isEqualTo(1);
    assertThat(config(kafka, deadLetters, "retention.ms")).isEqualTo("1000");
  }

  @Test
  void waitsForAnInputThatDoesNotExist(EmbeddedKafka kafka) throws Exception {
    TopicPreparation preparation = preparation(Optional.empty(), true);
    assertThat(run(kafka, preparation)).isFalse();
    assertThat(logged()).contains("input topic " + input + " does not exist");
    assertThat(partitionsOf(preparation)).isZero();
    assertThat(exists(kafka, deadLetters)).isFalse();

    kafka.createTopic(input, 2);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitionsOf(preparation)).isEqualTo(2);
  }

  @Test
  void haltNeedsNoDeadLetters(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 1);
    assertThat(run(kafka, preparation(Optional.of(FailureAction.HALT), true))).isTrue();
    assertThat(exists(kafka, deadLetters)).isFalse();
  }

  @Test
  void warnsWhereNothingMayBeMade(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 1);
    TopicPreparation preparation = preparation(Optional.empty(), false);
    assertThat(run(kafka, preparation)).isTrue();
    assertThat(partitionsOf(preparation)).isZero();
    assertThat(exists(kafka, deadLetters)).isFalse();
    assertCommands(logged());
    assertThat(logged()).contains("ALGO_CREATE_TOPICS=false", "halts its partition");
  }

  @Test
  void refusesToStartWhereNothingMayBeMadeThoughAskedFor(EmbeddedKafka kafka) throws Exception {
    kafka.createTopic(input, 1);
    TopicPreparation preparation = preparation(Optional.of(FailureAction.DEAD_LETTER), false);
    assertThatThrownBy(() -> run(kafka, preparation))
        .asInstanceOf(type(AlgoConfigurationException.class))
        .satisfies(
            e -> {
              assertThat(e.problems()).hasSize(1);
              assertThat(e.problems().get(0).setting()).isEqualTo("ALGO_ON_FAILURE");
              assertThat(e.getMessage()).contains("ALGO_CREATE_TOPICS=false").doesNotContain("\n");
              assertCommands(e.getMessage());
            });
  }

  @Test
  void longNamesDoNotCutTheCommands() {
    String longest = "x".repeat(240);
    String commands =
        DeadLetterPlan.commands(
            "broker-0.kafka.svc:9092,broker-1.kafka.svc:9092,broker-2.kafka.svc:9092",
            "a-user",
            new TopicCatalog.Topic(
                longest, 3, (short) 3, true, OptionalInt.empty(), OptionalLong.empty()),
            "dlq");
    assertThat(new ConfigurationProblem("S", "v", "m", commands).line())
        .endsWith(commands)
        .contains("--config max.message.bytes=" + (1024 * 1024 + 12 + 65536));
  }

  @Test
  void accessRulesDecide() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().authorizer().topic(input, 2).start()) {
      // Neither seen nor written to: the operator's user and a topic it does not know of.
      deny(kafka, ResourceType.TOPIC, deadLetters, AclOperation.ALL);
      assertDenied(kafka, "neither see nor write");
      assertThat(exists(kafka, deadLetters)).isFalse();

      // May be written to, but not made.
      clear(kafka);
      deny(kafka, ResourceType.TOPIC, deadLetters, AclOperation.CREATE);
      deny(kafka, ResourceType.CLUSTER, Resource.CLUSTER_NAME, AclOperation.CREATE);
      assertDenied(kafka, "may not be made");
      assertThat(exists(kafka, deadLetters)).isFalse();

      // May be made and seen, but not written to.
      clear(kafka);
      allow(kafka, deadLetters, AclOperation.CREATE, AclOperation.DESCRIBE);
      assertDenied(kafka, "may not write");

      // Exists by now.
      assertThat(exists(kafka, deadLetters)).isTrue();
      assertDenied(kafka, "may not write");

      // Limits hidden from this user are the broker's to judge.
      clear(kafka);
      deny(kafka, ResourceType.TOPIC, input, AclOperation.DESCRIBE_CONFIGS);
      TopicPreparation preparation = preparation(Optional.of(FailureAction.DEAD_LETTER), true);
      assertThat(run(kafka, preparation)).isTrue();
      assertThat(partitionsOf(preparation)).isEqualTo(2);
      assertThat(preparation.maxMessageBytes(input)).isEqualTo(Integer.MAX_VALUE);

      // An input that may not be read is waited for.
      clear(kafka);
      deny(kafka, ResourceType.TOPIC, input, AclOperation.ALL);
      assertThat(run(kafka, preparation(Optional.empty(), true))).isFalse();
      assertThat(logged()).contains("input topic " + input + " may not be read by this user");
    }
  }

  private void assertDenied(EmbeddedKafka kafka, String why) throws Exception {
    log.list.clear();
    TopicPreparation unset = preparation(Optional.empty(), true);
    assertThat(run(kafka, unset)).isTrue();
    assertThat(partitionsOf(unset)).isZero();
    assertThat(logged()).contains(why);
    assertCommands(logged());

    TopicPreparation asked = preparation(Optional.of(FailureAction.DEAD_LETTER), true);
    assertThatThrownBy(() -> run(kafka, asked))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining(why)
        .satisfies(e -> assertCommands(e.getMessage()));
  }

  private void assertCommands(String text) {
    assertThat(text)
        .contains(
            "kafka-topics.sh --bootstrap-server broker:9092 --create --if-not-exists --topic "
                + deadLetters,
            "--config retention.ms=" + 14 * DAY,
            "kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:algo-user"
                + " --operation Write --operation Describe --topic "
                + deadLetters);
  }

  private static void deny(
      EmbeddedKafka kafka, ResourceType type, String name, AclOperation operation)
      throws Exception {
    // Once a rule names a resource, what no rule allows there is denied.
    add(
        kafka,
        List.of(
            rule(type, name, AclOperation.ALL, AclPermissionType.ALLOW),
            rule(type, name, operation, AclPermissionType.DENY)));
  }

  private static void allow(EmbeddedKafka kafka, String topic, AclOperation... operations)
      throws Exception {
    add(
        kafka,
        List.of(operations).stream()
            .map(op -> rule(ResourceType.TOPIC, topic, op, AclPermissionType.ALLOW))
            .toList());
  }

  private static AclBinding rule(
      ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL),
        new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
  }

  private static void add(EmbeddedKafka kafka, List<AclBinding> rules) throws Exception {
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      admin.createAcls(rules).all().get();
      awaitRules(admin, known -> known.containsAll(rules));
    }
  }

  private static void clear(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
      awaitRules(admin, Collection::isEmpty);
    }
  }

  /** The controller answers before the broker applies a rule. */
  private static void awaitRules(Admin admin, Predicate<Collection<AclBinding>> applied) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> admin.describeAcls(AclBindingFilter.ANY).values().get(), applied);
  }
}
