package run.algo.sdk.kafka.internal.topics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.FailureAction;
import run.algo.sdk.kafka.internal.execute.DeadLetterTopics;
import run.algo.sdk.kafka.internal.execute.RetryTopics;

/**
 * Looks at the topics before records flow, and sees to the dead-letter topics: made where they are
 * missing and may be made. May be run again for input topics that did not exist the first time.
 */
public final class TopicPreparation {

  private static final Logger log = LoggerFactory.getLogger(TopicPreparation.class);

  private final Plan plan;
  private final DeadLetterTopics deadLetters = new DeadLetterTopics();
  private final Map<String, Integer> maxBytes = new ConcurrentHashMap<>();
  private final Set<String> open;
  private final InputAlignment alignment;
  private final CompanionTopics retries;
  private final CompanionTopics parking;

  /**
   * What is wanted.
   *
   * @param inputs the input topics
   * @param outputs the output topics
   * @param deadLetterSuffix suffix of the dead-letter topics
   * @param failureAction what happens to a failed record; empty when nobody has said
   * @param createTopics whether missing topics may be made
   * @param brokers bootstrap servers, for the commands that are printed
   * @param user the user's name, for the commands that are printed
   * @param assignor divides the inputs' partitions among the group
   * @param retryTopics the topics through which failed records go
   * @param parkingTopics the topics in which failed records, and those behind them, wait
   */
  public record Plan(
      Set<String> inputs,
      Set<String> outputs,
      String deadLetterSuffix,
      Optional<FailureAction> failureAction,
      boolean createTopics,
      String brokers,
      String user,
      Assignor assignor,
      List<RetryTopic> retryTopics,
      List<ParkingTopic> parkingTopics) {

    /**
     * Without retry topics and parking topics.
     *
     * @param inputs the input topics
     * @param outputs the output topics
     * @param deadLetterSuffix suffix of the dead-letter topics
     * @param failureAction what happens to a failed record; empty when nobody has said
     * @param createTopics whether missing topics may be made
     * @param brokers bootstrap servers, for the commands that are printed
     * @param user the user's name, for the commands that are printed
     * @param assignor divides the inputs' partitions among the group
     */
    public Plan(
        Set<String> inputs,
        Set<String> outputs,
        String deadLetterSuffix,
        Optional<FailureAction> failureAction,
        boolean createTopics,
        String brokers,
        String user,
        Assignor assignor) {
      this(
          inputs,
          outputs,
          deadLetterSuffix,
          failureAction,
          createTopics,
          brokers,
          user,
          assignor,
          List.of(),
          List.of());
    }
  }

  /**
   * A preparation.
   *
   * @param plan what is wanted
   */
  public TopicPreparation(Plan plan) {
    this.plan = plan;
    this.open = new HashSet<>(plan.inputs());
    this.alignment = new InputAlignment(plan.assignor());
    this.retries = companions(plan.retryTopics().stream().map(RetryTopicPlan::new).toList());
    this.parking = companions(plan.parkingTopics().stream().map(ParkingTopicPlan::new).toList());
  }

  private CompanionTopics companions(List<? extends CompanionTopic> wanted) {
    return new CompanionTopics(
        wanted, plan.createTopics(), new TopicCommands(plan.brokers(), plan.user()), maxBytes::put);
  }

  /** {@return the dead-letter topics found or made so far; filled by {@link #run}} */
  public DeadLetterTopics deadLetters() {
    return deadLetters;
  }

  /** {@return the retry topics found or made so far; filled by {@link #run}} */
  public RetryTopics retryTopics() {
    return retries.usable();
  }

  /** {@return the parking topics found or made so far; filled by {@link #run}} */
  public RetryTopics parkingTopics() {
    return parking.usable();
  }

  /**
   * The largest record of a topic.
   *
   * @param topic the topic
   * @return its {@code max.message.bytes}; no limit while it is not known, or hidden from this
   *     user: then it is the broker's to refuse what is too large
   */
  public int maxMessageBytes(String topic) {
    return maxBytes.getOrDefault(topic, Integer.MAX_VALUE);
  }

  /** {@return the largest record of any topic written to, in bytes, at least Kafka's default} */
  public int largestMessageBytes() {
    int largest = TopicCatalog.DEFAULT_MAX_MESSAGE_BYTES + DeadLetterPlan.HEADROOM;
    for (int bytes : maxBytes.values()) {
      largest = Math.max(largest, bytes);
    }
    return largest;
  }

  /**
   * Prepares what is still open.
   *
   * @param admin the client
   * @return whether nothing is open any more; false while an input topic does not exist
   * @throws KafkaException when the brokers do not answer
   * @throws AlgoConfigurationException when dead letters are asked for and cannot be written, or
   *     retry topics or parking topics cannot be used
   * @throws InterruptedException when interrupted
   */
  public boolean run(Admin admin) throws InterruptedException {
    Set<String> asked = new HashSet<>(plan.outputs());
    for (String input : open) {
      asked.add(input);
      asked.add(DeadLetterPlan.name(input, plan.deadLetterSuffix()));
      asked.addAll(retries.of(input));
      asked.addAll(parking.of(input));
    }
    TopicCatalog catalog = TopicCatalog.read(admin, asked);
    for (String topic : asked) {
      catalog
          .find(topic)
          .ifPresent(
              found -> found.maxMessageBytes().ifPresent(bytes -> maxBytes.put(topic, bytes)));
    }
    for (String output : plan.outputs()) {
      if (catalog.find(output).isEmpty()) {
        log.warn(
            "output topic {} {}; records for it wait until it can be written to",
            output,
            catalog.denied(output) ? "may not be seen by this user" : "does not exist");
      }
    }
    List<ConfigurationProblem> problems = new ArrayList<>();
    for (String input : List.copyOf(open)) {
      Optional<TopicCatalog.Topic> found = catalog.find(input);
      if (found.isEmpty()) {
        log.warn(
            "input topic {} {}; waiting for it",
            input,
            catalog.denied(input) ? "may not be read by this user" : "does not exist");
        continue;
      }
      if (plan.failureAction().orElse(FailureAction.DEAD_LETTER) == FailureAction.DEAD_LETTER) {
        prepareDeadLetters(admin, catalog, found.get()).ifPresent(problems::add);
      }
      List<ConfigurationProblem> unusable =
          new ArrayList<>(retries.prepare(admin, catalog, found.get()));
      unusable.addAll(parking.prepare(admin, catalog, found.get()));
      problems.addAll(unusable);
      alignment.found(input, found.get().partitions());
      if (unusable.isEmpty()) {
        open.remove(input); // else somebody may follow the advice
      }
    }
    if (!problems.isEmpty()) {
      throw new AlgoConfigurationException(problems);
    }
    if (open.isEmpty()) {
      alignment.complete();
    }
    return open.isEmpty();
  }

  /**
   * Instead of {@link #run}, where there are no brokers: takes all topics for present, with Kafka's
   * defaults, and their dead letters for writable.
   */
  public void assume() {
    for (String output : plan.outputs()) {
      maxBytes.put(output, TopicCatalog.DEFAULT_MAX_MESSAGE_BYTES);
    }
    for (String input : plan.inputs()) {
      deadLetters.add(input, deadLetterTopic(input), Integer.MAX_VALUE);
      open.remove(input);
    }
    retries.assume();
    parking.assume();
  }

  /**
   * The dead-letter topic of an input topic, whether it exists or not.
   *
   * @param input the input topic
   * @return its name
   */
  public String deadLetterTopic(String input) {
    return DeadLetterPlan.name(input, plan.deadLetterSuffix());
  }

  /**
   * The dead-letter topic of an input topic.
   *
   * @param input the input topic
   * @param suffix the configured suffix
   * @return its name
   */
  public static String deadLetterTopic(String input, String suffix) {
    return DeadLetterPlan.name(input, suffix);
  }

  private Optional<ConfigurationProblem> prepareDeadLetters(
      Admin admin, TopicCatalog catalog, TopicCatalog.Topic input) throws InterruptedException {
    String name = DeadLetterPlan.name(input.name(), plan.deadLetterSuffix());
    Optional<TopicCatalog.Topic> existing = catalog.find(name);
    if (existing.isPresent()) {
      return use(input, existing.get());
    }
    if (catalog.denied(name)) {
      return denied(input, name, "this user may neither see nor write to it");
    }
    if (!plan.createTopics()) {
      return denied(input, name, "it does not exist, and ALGO_CREATE_TOPICS=false");
    }
    NewTopic topic = DeadLetterPlan.topic(input, plan.deadLetterSuffix());
    Optional<String> refusal = TopicMaker.make(admin, topic, "dead-letter");
    if (refusal.isPresent()) {
      return denied(input, name, refusal.get());
    }
    // It may be another instance's by now, and to make a topic is not yet to write to it.
    Optional<TopicCatalog.Topic> made = TopicCatalog.read(admin, Set.of(name)).find(name);
    if (made.isPresent()) {
      return use(input, made.get());
    }
    // The broker that was asked has not heard of it yet.
    maxBytes.put(name, DeadLetterPlan.maxMessageBytes(input));
    deadLetters.add(input.name(), name, input.partitions());
    return Optional.empty();
  }

  private Optional<ConfigurationProblem> use(
      TopicCatalog.Topic input, TopicCatalog.Topic deadLetterTopic) {
    String name = deadLetterTopic.name();
    if (!deadLetterTopic.writable()) {
      return denied(input, name, "this user may not write to it");
    }
    deadLetterTopic.maxMessageBytes().ifPresent(bytes -> maxBytes.put(name, bytes));
    deadLetters.add(input.name(), name, deadLetterTopic.partitions());
    return Optional.empty();
  }

  /** An error when dead letters were asked for; else a warning, and failures halt. */
  private Optional<ConfigurationProblem> denied(TopicCatalog.Topic input, String name, String why) {
    deadLetters.refuse(input.name());
    String commands =
        DeadLetterPlan.commands(plan.brokers(), plan.user(), input, plan.deadLetterSuffix());
    if (plan.failureAction().isPresent()) {
      return Optional.of(
          new ConfigurationProblem(
              "ALGO_ON_FAILURE",
              "dead-letter",
              "dead letters of " + input.name() + " cannot be written to " + name + ": " + why,
              "set ALGO_ON_FAILURE=halt, or let an administrator run: " + commands));
    }
    log.warn(
        "dead-letter topic {} cannot be used: {}. A failed record of {} therefore halts its"
            + " partition. These commands would allow dead letters: {}",
        name,
        why,
        input.name(),
        commands);
    return Optional.empty();
  }
}
