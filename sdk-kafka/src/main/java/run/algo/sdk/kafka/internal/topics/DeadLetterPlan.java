package run.algo.sdk.kafka.internal.topics;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** How the dead-letter topic of an input topic is named and made. */
final class DeadLetterPlan {

  /** Kept at least this long, or as long as the input's records where that is longer. */
  private static final Duration RETENTION = Duration.ofDays(14);

  /** Room for the headers that a dead letter has besides its record's own. */
  static final int HEADROOM = 64 * 1024;

  private DeadLetterPlan() {}

  /**
   * The name of a dead-letter topic.
   *
   * @param input the input topic
   * @param suffix the configured suffix
   * @return the name, in lower case
   */
  static String name(String input, String suffix) {
    return (input + '.' + suffix).toLowerCase(Locale.ROOT);
  }

  static NewTopic topic(TopicCatalog.Topic input, String suffix) {
    return new NewTopic(name(input.name(), suffix), input.partitions(), input.replication())
        .configs(configs(input));
  }

  private static Map<String, String> configs(TopicCatalog.Topic input) {
    Map<String, String> configs = new TreeMap<>();
    long inputs = input.retentionMs().orElse(0);
    long retention = inputs < 0 ? -1 : Math.max(RETENTION.toMillis(), inputs);
    configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention));
    configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes(input)));
    // A broker may compact by default, which would refuse letters without a key.
    configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    return configs;
  }

  static int maxMessageBytes(TopicCatalog.Topic input) {
    long inputs = input.maxMessageBytes().orElse(TopicCatalog.DEFAULT_MAX_MESSAGE_BYTES);
    return (int) Math.min(Integer.MAX_VALUE, inputs + HEADROOM);
  }

  /**
   * The commands that an administrator would run.
   *
   * @param brokers the bootstrap servers
   * @param user the principal's name
   * @param input the input topic
   * @param suffix the configured suffix
   * @return two commands on one line, since errors are one line each
   */
  static String commands(String brokers, String user, TopicCatalog.Topic input, String suffix) {
    return new TopicCommands(brokers, user)
        .createAndAllow(topic(input, suffix), "Write", "Describe");
  }
}
