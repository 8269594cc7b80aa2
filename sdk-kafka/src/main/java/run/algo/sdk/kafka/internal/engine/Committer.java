package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;

/**
 * Commits the frontiers. Used by the owner thread alone. One asynchronous commit is under way at a
 * time, so a slow answer cannot be overtaken; one that fails is simply made up for by the next.
 */
final class Committer {

  private static final Logger log = LoggerFactory.getLogger(Committer.class);

  private final Consumer<byte[], byte[]> consumer;
  private final RateLimit warnings;
  private boolean underWay;

  Committer(Consumer<byte[], byte[]> consumer, RateLimit warnings) {
    this.consumer = consumer;
    this.warnings = warnings;
  }

  /** Begins a commit of what has moved since the last. */
  void commitAsync(Collection<PartitionFlow> flows) {
    if (underWay) {
      return;
    }
    Map<PartitionFlow, Long> moved = moved(flows);
    if (moved.isEmpty()) {
      return;
    }
    underWay = true;
    try {
      consumer.commitAsync(
          offsets(moved),
          (offsets, error) -> {
            underWay = false;
            if (error == null) {
              moved.forEach(PartitionFlow::committed);
            } else {
              failed(error);
            }
          });
    } catch (KafkaException e) {
      underWay = false;
      failed(e);
    }
  }

  /** Commits what has moved, and waits for it; best effort within the timeout. */
  void commitSync(Collection<PartitionFlow> flows, Duration timeout) {
    Map<PartitionFlow, Long> moved = moved(flows);
    if (moved.isEmpty()) {
      return;
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        long left = Math.max(0, deadline - System.nanoTime());
        consumer.commitSync(offsets(moved), Duration.ofNanos(left));
        moved.forEach(PartitionFlow::committed);
        return;
      } catch (WakeupException e) {
        // Meant for a poll that was no longer under way; the commit is simply made again.
        if (System.nanoTime() - deadline >= 0) {
          failed(e);
          return;
        }
      } catch (KafkaException e) {
        failed(e);
        return;
      }
    }
  }

  private void failed(Exception error) {
    warnings.run(
        "commit " + error.getClass().getName(),
        suppressed ->
            log.warn(
                "offsets could not be committed: {} (and {} more like it); nothing is lost: the"
                    + " next commit, or the next owner of the partitions, takes it from there",
                error,
                suppressed));
  }

  private static Map<PartitionFlow, Long> moved(Collection<PartitionFlow> flows) {
    Map<PartitionFlow, Long> moved = new HashMap<>();
    for (PartitionFlow flow : flows) {
      flow.toCommit().ifPresent(offset -> moved.put(flow, offset));
    }
    return moved;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(Map<PartitionFlow, Long> moved) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    moved.forEach((flow, offset) -> offsets.put(flow.partition(), new OffsetAndMetadata(offset)));
    return offsets;
  }
}
