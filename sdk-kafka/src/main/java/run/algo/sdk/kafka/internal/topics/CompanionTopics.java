package run.algo.sdk.kafka.internal.topics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.internal.execute.RetryTopics;

/**
 * Sees to the topics of the SDK's own beside input topics: made where they are missing and may be
 * made.
 */
final class CompanionTopics {

  private static final Logger log = LoggerFactory.getLogger(CompanionTopics.class);

  private static final String UNSEEN = "this user may neither see nor use it";

  private final List<CompanionTopic> wanted;
  private final boolean createTopics;
  private final TopicCommands commands;
  private final RetryTopics usable = new RetryTopics();
  private final ObjIntConsumer<String> limits;
  private final Set<String> told = new HashSet<>();

  /**
   * A preparation.
   *
   * @param wanted the topics of all inputs
   * @param createTopics whether missing topics may be made
   * @param commands writes what an administrator would run
   * @param limits is told of the largest record of each topic, in bytes
   */
  CompanionTopics(
      List<? extends CompanionTopic> wanted,
      boolean createTopics,
      TopicCommands commands,
      ObjIntConsumer<String> limits) {
    this.wanted = List.copyOf(wanted);
    this.createTopics = createTopics;
    this.commands = commands;
    this.limits = limits;
  }

  RetryTopics usable() {
    return usable;
  }

  /** The names of those of an input topic. */
  Set<String> of(String input) {
    Set<String> names = new HashSet<>();
    for (CompanionTopic topic : wanted) {
      if (topic.input().equals(input)) {
        names.add(topic.name());
      }
    }
    return names;
  }

  /** Takes all for present. */
  void assume() {
    wanted.forEach(topic -> usable.add(topic.name(), Integer.MAX_VALUE));
  }

  /**
   * Prepares those of an input topic.
   *
   * @param admin makes topics
   * @param catalog knows them, and the input topic
   * @param input the input topic
   * @return why any cannot be used
   */
  List<ConfigurationProblem> prepare(Admin admin, TopicCatalog catalog, TopicCatalog.Topic input)
      throws InterruptedException {
    List<ConfigurationProblem> problems = new ArrayList<>(0);
    for (CompanionTopic topic : wanted) {
      if (topic.input().equals(input.name())) {
        prepare(admin, catalog, input, topic)
            .ifPresent(obstacle -> problems.add(refuse(topic, obstacle)));
      }
    }
    return problems;
  }

  private ConfigurationProblem refuse(CompanionTopic topic, CompanionTopic.Obstacle obstacle) {
    usable.refuse(
        topic.name(), obstacle.why() + "; an administrator may run: " + obstacle.command());
    return new ConfigurationProblem(
        "retryStrategy",
        topic.strategy(),
        topic.kind()
            + " topic "
            + topic.name()
            + " of "
            + topic.input()
            + " cannot be used: "
            + obstacle.why(),
        "let an administrator run: " + obstacle.command());
  }

  /** Why it cannot be used; empty where it can. */
  private Optional<CompanionTopic.Obstacle> prepare(
      Admin admin, TopicCatalog catalog, TopicCatalog.Topic input, CompanionTopic topic)
      throws InterruptedException {
    Optional<TopicCatalog.Topic> found = catalog.find(topic.name());
    if (found.isPresent()) {
      return use(topic, found.get(), input);
    }
    if (catalog.denied(topic.name())) {
      return denied(topic, input, UNSEEN);
    }
    if (!createTopics) {
      return denied(topic, input, "it does not exist, and ALGO_CREATE_TOPICS=false");
    }
    Optional<String> refusal = TopicMaker.make(admin, topic.topic(input), topic.kind());
    if (refusal.isPresent()) {
      return denied(topic, input, refusal.get());
    }
    // It may be another instance's by now, and to make a topic is not yet to use it.
    TopicCatalog now = TopicCatalog.read(admin, Set.of(topic.name()));
    Optional<TopicCatalog.Topic> made = now.find(topic.name());
    if (made.isPresent()) {
      return use(topic, made.get(), input);
    }
    if (now.denied(topic.name())) {
      return denied(topic, input, UNSEEN);
    }
    // The broker that was asked has not heard of it yet.
    limits.accept(topic.name(), DeadLetterPlan.maxMessageBytes(input));
    usable.add(topic.name(), input.partitions());
    return Optional.empty();
  }

  private Optional<CompanionTopic.Obstacle> denied(
      CompanionTopic topic, TopicCatalog.Topic input, String why) {
    return Optional.of(
        new CompanionTopic.Obstacle(
            why, commands.createAndAllow(topic.topic(input), "Read", "Write", "Describe")));
  }

  private Optional<CompanionTopic.Obstacle> use(
      CompanionTopic topic, TopicCatalog.Topic found, TopicCatalog.Topic input) {
    for (String defect : topic.defects(found, input, commands)) {
      if (told.add(topic.name() + defect)) {
        log.warn("{} topic {}: {}", topic.kind(), topic.name(), defect);
      }
    }
    if (!found.writable() || !found.readable()) {
      return denied(
          topic,
          input,
          "this user may not "
              + (found.writable() ? "read" : found.readable() ? "write to" : "read or write to")
              + " it");
    }
    Optional<CompanionTopic.Obstacle> obstacle = topic.obstacle(found, input, commands);
    if (obstacle.isPresent()) {
      return obstacle;
    }
    found.maxMessageBytes().ifPresent(bytes -> limits.accept(found.name(), bytes));
    usable.add(found.name(), found.partitions());
    return Optional.empty();
  }

  // What may be wrong with any of them

  /** A topic that has more partitions than its input topic. */
  static Optional<String> furtherPartitions(
      TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands) {
    return found.partitions() <= input.partitions()
        ? Optional.empty()
        : Optional.of(
            "it has "
                + found.partitions()
                + " partitions and "
                + input.name()
                + " has "
                + input.partitions()
                + ", so the further ones stay empty. When all its records are read, delete it, and"
                + " it is made anew at the next start: "
                + commands.delete(found.name()));
  }

  /** A topic that does not take all that is written to it. */
  static Optional<String> sizeDefect(
      TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands) {
    int bytes = DeadLetterPlan.maxMessageBytes(input);
    return found.maxMessageBytes().orElse(bytes) >= bytes || input.maxMessageBytes().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "its max.message.bytes is "
                + found.maxMessageBytes().getAsInt()
                + ", less than 64 KiB above that of "
                + input.name()
                + ", so that a large record that fails halts its partition. Allow more: "
                + commands.configure(
                    found.name(), TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)));
  }
}
