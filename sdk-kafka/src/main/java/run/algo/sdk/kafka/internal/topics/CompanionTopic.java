package run.algo.sdk.kafka.internal.topics;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A topic of the SDK's own beside an input topic: how it is made, and what is wrong with one that
 * exists.
 */
interface CompanionTopic {

  /** Its name. */
  String name();

  /** Its input topic. */
  String input();

  /** What kind of topic it is, for the log. */
  String kind();

  /** The strategies of {@code retryStrategy} that need it. */
  String strategy();

  /** How it is made. */
  NewTopic topic(TopicCatalog.Topic input);

  /** Why one that exists cannot be used as it is, whoever may use it; empty where it can. */
  Optional<Obstacle> obstacle(
      TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands);

  /** What is wrong with one that exists: a warning each, with what to change and how. */
  List<String> defects(TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands);

  /**
   * Why a topic cannot be used.
   *
   * @param why the reason
   * @param command what an administrator would run
   */
  record Obstacle(String why, String command) {}
}
