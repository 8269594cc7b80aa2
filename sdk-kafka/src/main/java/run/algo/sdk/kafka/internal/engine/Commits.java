package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/**
 * How offsets come to be committed: the seam between at-least-once and exactly-once. Used by the
 * owner thread alone, {@link #trouble} excepted.
 */
interface Commits {

  /** Makes them, for a consumer and the signal that wakes its owner. */
  interface Factory {
    Commits create(
        Consumer<byte[], byte[]> consumer,
        OwnerSignal signal,
        EnginePlan.Bounds bounds,
        Gathers gathers);
  }

  /** Whether what a record leads to is written together with its offset. */
  boolean transactional();

  /**
   * What earlier owners have settled ahead of the committed offsets.
   *
   * @param partitions the partitions
   * @return by partition; empty where nothing is known
   */
  Map<TopicPartition, SettledOffsets> settledAhead(Collection<TopicPartition> partitions);

  /**
   * Goes on with what is under way, and begins a commit of what has moved. Never blocks.
   *
   * @param flows the partitions
   * @param due whether the interval has passed; otherwise there must be another reason
   */
  void turn(Collection<PartitionFlow> flows, boolean due);

  /**
   * Commits what has moved, and waits for it; best effort within the timeout.
   *
   * @param flows the partitions
   * @param timeout how long at most
   */
  void commitSync(Collection<PartitionFlow> flows, Duration timeout);

  /** {@return what has become of commits so far} */
  Tally tally();

  /**
   * What has become of commits, or of transactions.
   *
   * @param confirmed how many the brokers have confirmed
   * @param failed how many have failed
   */
  record Tally(long confirmed, long failed) {}

  /** {@return why nothing has been committed for some time, empty when that is not so} */
  Optional<String> trouble();
}
