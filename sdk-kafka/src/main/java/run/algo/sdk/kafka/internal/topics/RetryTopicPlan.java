package run.algo.sdk.kafka.internal.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** How the retry topics of an input topic are made, and what is wrong with those that exist. */
final class RetryTopicPlan {

  /** Kept at least this long: failures are looked at after a week-end, and a holiday. */
  private static final Duration RETENTION = Duration.ofDays(7);

  private RetryTopicPlan() {}

  static NewTopic topic(RetryTopic retry, TopicCatalog.Topic input) {
    return new NewTopic(retry.name(), input.partitions(), input.replication())
        .configs(
            Map.of(
                TopicConfig.RETENTION_MS_CONFIG,
                retention(retry),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(DeadLetterPlan.maxMessageBytes(input)),
                // A broker may compact by default, which would lose retries of one key.
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE));
  }

  private static String retention(RetryTopic retry) {
    return Long.toString(Math.max(RETENTION.toMillis(), twice(retry.longest())));
  }

  /** In milliseconds; a record that is due is still there for as long again. */
  private static long twice(Duration backoff) {
    try {
      return Math.multiplyExact(2, backoff.toMillis());
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * What is wrong with a topic that exists.
   *
   * @param retry what it is for
   * @param found the topic
   * @param input its input topic
   * @param commands writes the remedies
   * @return a warning each, with what to change and how
   */
  static List<String> defects(
      RetryTopic retry,
      TopicCatalog.Topic found,
      TopicCatalog.Topic input,
      TopicCommands commands) {
    List<String> defects = new ArrayList<>(0);
    String name = retry.name();
    if (found.partitions() < input.partitions()) {
      defects.add(
          "it has "
              + found.partitions()
              + " partitions and "
              + input.name()
              + " has "
              + input.partitions()
              + ", so retries of the others change their partition. Add partitions: "
              + commands.grow(name, input.partitions()));
    } else if (found.partitions() > input.partitions()) {
      defects.add(
          "it has "
              + found.partitions()
              + " partitions and "
              + input.name()
              + " has "
              + input.partitions()
              + ", so the further ones stay empty. When all its records are read, delete it, and it"
              + " is made anew at the next start: "
              + commands.delete(name));
    }
    long least = twice(retry.backoff());
    if (found.retentionMs().isPresent()
        && found.retentionMs().getAsLong() >= 0
        && found.retentionMs().getAsLong() < least) {
      defects.add(
          "its retention.ms is "
              + found.retentionMs().getAsLong()
              + ", less than twice the backoff, so that records may be deleted before they are"
              + " retried. Keep them longer: "
              + commands.configure(name, TopicConfig.RETENTION_MS_CONFIG, retention(retry)));
    }
    if (found.compacted()) {
      defects.add(
          "it is compacted, so that of several retries of one key only the last may survive. Let"
              + " it delete by age alone: "
              + commands.configure(
                  name, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE));
    }
    int bytes = DeadLetterPlan.maxMessageBytes(input);
    if (found.maxMessageBytes().isPresent()
        && input.maxMessageBytes().isPresent()
        && found.maxMessageBytes().getAsInt() < bytes) {
      defects.add(
          "its max.message.bytes is "
              + found.maxMessageBytes().getAsInt()
              + ", less than 64 KiB above that of "
              + input.name()
              + ", so that a large record that fails halts its partition. Allow more: "
              + commands.configure(
                  name, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)));
    }
    return defects;
  }
}
