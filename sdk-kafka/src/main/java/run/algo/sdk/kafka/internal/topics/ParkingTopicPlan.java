package run.algo.sdk.kafka.internal.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import run.algo.sdk.kafka.config.RetryStrategyKind;

/**
 * How a parking topic is made, and what is wrong with one that exists.
 *
 * @param parking what it is for
 */
record ParkingTopicPlan(ParkingTopic parking) implements CompanionTopic {

  /**
   * What is parked goes again, sooner or later: nearly all that lies in the topic is versions and
   * tombstones of records that are done. A part of a tenth is worth a run of the cleaner, since the
   * whole topic is read whenever a partition comes to a member; by default it would be a half.
   */
  private static final String DIRTY_RATIO = "0.1";

  /**
   * Only segments that are closed are cleaned, and by default one stays open for a week or a
   * gigabyte. With an hour a quiet topic is short soon, and a busy one has few segments still.
   */
  private static final String SEGMENT_MS = "3600000";

  /**
   * A tombstone stays for this long after it was cleaned first, by default a day. It must outlast a
   * reading of its partition that has met the record before, which takes minutes at most: else the
   * record would seem to be parked still.
   */
  private static final String TOMBSTONE_MS = "3600000";

  @Override
  public String name() {
    return parking.name();
  }

  @Override
  public String input() {
    return parking.input();
  }

  @Override
  public String kind() {
    return "parking";
  }

  @Override
  public String strategy() {
    return RetryStrategyKind.STATEFUL_ORDERED.wireName()
        + " or "
        + RetryStrategyKind.STATEFUL_UNORDERED.wireName();
  }

  @Override
  public NewTopic topic(TopicCatalog.Topic input) {
    return new NewTopic(name(), input.partitions(), input.replication())
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(DeadLetterPlan.maxMessageBytes(input)),
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                DIRTY_RATIO,
                TopicConfig.SEGMENT_MS_CONFIG,
                SEGMENT_MS,
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                TOMBSTONE_MS));
  }

  /** A record is parked in the partition of its own number, or not at all. */
  @Override
  public Optional<Obstacle> obstacle(
      TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands) {
    return found.partitions() >= input.partitions()
        ? Optional.empty()
        : Optional.of(
            new Obstacle(
                "it has "
                    + found.partitions()
                    + " partitions and "
                    + input.name()
                    + " has "
                    + input.partitions()
                    + ", so that records of the others could not be parked",
                commands.grow(name(), input.partitions())));
  }

  @Override
  public List<String> defects(
      TopicCatalog.Topic found, TopicCatalog.Topic input, TopicCommands commands) {
    List<String> defects = new ArrayList<>(0);
    CompanionTopics.furtherPartitions(found, input, commands).ifPresent(defects::add);
    if (found.deletes()) {
      defects.add(
          "its cleanup.policy is "
              + found.cleanupPolicy().orElse("")
              + ", so that records may be deleted while they wait, and are lost then. Let it be"
              + " compacted alone: "
              + commands.configure(
                  name(), TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }
    CompanionTopics.sizeDefect(found, input, commands).ifPresent(defects::add);
    return defects;
  }
}
