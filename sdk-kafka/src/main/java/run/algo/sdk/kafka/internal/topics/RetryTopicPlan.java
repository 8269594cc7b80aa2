package run.algo.sdk.kafka.internal.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import run.algo.sdk.kafka.config.RetryStrategyKind;

/**
 * How a retry topic is made, and what is wrong with one that exists.
 *
 * @param retry what it is for
 */
record RetryTopicPlan(RetryTopic retry) implements CompanionTopic {

  /** Kept at least this long: failures are looked at after a week-end, and a holiday. */
  private static final Duration RETENTION = Duration.ofDays(7);

  @Override
  public String name() {
    return retry.name();
  }

  @Override
  public String input() {
    return retry.input();
  }

  @Override
  public String kind() {
    return "retry";
  }

  @Override
  public String strategy() {
    return RetryStrategyKind.RETRY_TOPICS.wireName();
  }

  @Override
  public NewTopic topic(TopicCatalog.Topic input) {
    return new NewTopic(retry.name(), input.partitions(), input.replication())
        .configs(
            Map.of(
                TopicConfig.RETENTION_MS_CONFIG,
                retention(),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(DeadLetterPlan.maxMessageBytes(input)),
                // A broker may compact by default, which would lose retries of one key.
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE));
  }

  private String retention() {
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

  /** Retries find their way through any topic. */
  @Override
  public Optional<Obstacle> obstacle(
      TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands) {
    return Optional.empty();
  }

  @Override
  public List<String> defects(
      TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands) {
    List<String> defects = new ArrayList<>(0);
    String name = name();
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
    }
    CompanionTopics.furtherPartitions(found, input, commands).ifPresent(defects::add);
    long least = twice(retry.backoff());
    if (found.retentionMs().isPresent()
        && found.retentionMs().getAsLong() >= 0
        && found.retentionMs().getAsLong() < least) {
      defects.add(
          "its retention.ms is "
              + found.retentionMs().getAsLong()
              + ", less than twice the backoff, so that records may be deleted before they are"
              + " retried. Keep them longer: "
              + commands.configure(name, TopicConfig.RETENTION_MS_CONFIG, retention()));
    }
    if (found.compacted()) {
      defects.add(
          "it is compacted, so that of several retries of one key only the last may survive. Let"
              + " it delete by age alone: "
              + commands.configure(
                  name, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE));
    }
    CompanionTopics.sizeDefect(found, input, commands).ifPresent(defects::add);
    return defects;
  }
}
