package run.algo.sdk.kafka.internal.topics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.internal.execute.RetryTopics;

/** Sees to the retry topics of input topics: made where they are missing and may be made. */
final class RetryTopicPreparation {

  private static final Logger log = LoggerFactory.getLogger(RetryTopicPreparation.class);

  private final List<RetryTopic> wanted;
  private final boolean createTopics;
  private final TopicCommands commands;
  private final RetryTopics usable = new RetryTopics();
  private final ObjIntConsumer<String> limits;
  private final Set<String> told = new HashSet<>();

  /**
   * A preparation.
   *
   * @param wanted the retry topics of all inputs
   * @param createTopics whether missing topics may be made
   * @param commands writes what an administrator would run
   * @param limits is told of the largest record of each topic, in bytes
   */
  RetryTopicPreparation(
      List<RetryTopic> wanted,
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

  /** The names of an input's retry topics. */
  Set<String> of(String input) {
    Set<String> names = new HashSet<>();
    for (RetryTopic retry : wanted) {
      if (retry.input().equals(input)) {
        names.add(retry.name());
      }
    }
    return names;
  }

  /** Takes all for present. */
  void assume() {
    wanted.forEach(retry -> usable.add(retry.name(), Integer.MAX_VALUE));
  }

  /**
   * Prepares the retry topics of an input topic.
   *
   * @param admin makes topics
   * @param catalog knows them, and the input topic
   * @param input the input topic
   * @return why any cannot be used
   */
  List<ConfigurationProblem> prepare(Admin admin, TopicCatalog catalog, TopicCatalog.Topic input)
      throws InterruptedException {
    List<ConfigurationProblem> problems = new ArrayList<>(0);
    for (RetryTopic retry : wanted) {
      if (retry.input().equals(input.name())) {
        prepare(admin, catalog, input, retry)
            .ifPresent(
                why -> {
                  String remedy =
                      commands.createAndAllow(
                          RetryTopicPlan.topic(retry, input), "Read", "Write", "Describe");
                  usable.refuse(retry.name(), why + "; an administrator may run: " + remedy);
                  problems.add(
                      new ConfigurationProblem(
                          "retryStrategy",
                          "RetryTopics",
                          "retry topic "
                              + retry.name()
                              + " of "
                              + input.name()
                              + " cannot be used: "
                              + why,
                          "let an administrator run: " + remedy));
                });
      }
    }
    return problems;
  }

  /** Why it cannot be used; empty where it can. */
  private Optional<String> prepare(
      Admin admin, TopicCatalog catalog, TopicCatalog.Topic input, RetryTopic retry)
      throws InterruptedException {
    Optional<TopicCatalog.Topic> found = catalog.find(retry.name());
    if (found.isPresent()) {
      for (String defect : RetryTopicPlan.defects(retry, found.get(), input, commands)) {
        if (told.add(retry.name() + defect)) {
          log.warn("retry topic {}: {}", retry.name(), defect);
        }
      }
      return use(found.get());
    }
    if (catalog.denied(retry.name())) {
      return Optional.of("this user may neither see nor use it");
    }
    if (!createTopics) {
      return Optional.of("it does not exist, and ALGO_CREATE_TOPICS=false");
    }
    NewTopic topic = RetryTopicPlan.topic(retry, input);
    Optional<String> refusal = TopicMaker.make(admin, topic, "retry");
    if (refusal.isPresent()) {
      return refusal;
    }
    // It may be another instance's by now, and to make a topic is not yet to use it.
    TopicCatalog now = TopicCatalog.read(admin, Set.of(retry.name()));
    Optional<TopicCatalog.Topic> made = now.find(retry.name());
    if (made.isPresent()) {
      return use(made.get());
    }
    if (now.denied(retry.name())) {
      return Optional.of("this user may neither see nor use it");
    }
    // The broker that was asked has not heard of it yet.
    limits.accept(retry.name(), DeadLetterPlan.maxMessageBytes(input));
    usable.add(retry.name(), input.partitions());
    return Optional.empty();
  }

  private Optional<String> use(TopicCatalog.Topic topic) {
    if (!topic.writable() || !topic.readable()) {
      return Optional.of(
          "this user may not "
              + (topic.writable() ? "read" : topic.readable() ? "write to" : "read or write to")
              + " it");
    }
    topic.maxMessageBytes().ifPresent(bytes -> limits.accept(topic.name(), bytes));
    usable.add(topic.name(), topic.partitions());
    return Optional.empty();
  }
}
