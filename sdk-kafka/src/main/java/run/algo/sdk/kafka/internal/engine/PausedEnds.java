package run.algo.sdk.kafka.internal.engine;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/**
 * The ends of the partitions that are not read now. The consumer knows the end of what it fetches,
 * and only that; what is paused is what somebody will look at, so its end is asked for. On the
 * owner thread, save for the answers.
 */
final class PausedEnds {

  /** Time between questions, in nanoseconds. */
  static final long INTERVAL = TimeUnit.SECONDS.toNanos(5);

  private final Siblings.Ends ends;
  private long asked;
  private boolean ever;

  /** The latest answer. */
  private volatile Map<TopicPartition, Long> known = Map.of();

  /** Whether an answer is on its way. */
  private volatile boolean asking;

  PausedEnds(Siblings.Ends ends) {
    this.ends = ends;
  }

  /** Asks when it is time to. */
  void look(Collection<PartitionFlow> flows, long now) {
    if (asking || (ever && now - asked < INTERVAL)) {
      return;
    }
    Set<TopicPartition> paused = new HashSet<>();
    for (PartitionFlow flow : flows) {
      if (flow.paused()) {
        paused.add(flow.partition());
      }
    }
    if (paused.isEmpty()) {
      known = Map.of();
      return;
    }
    ever = true;
    asked = now;
    asking = true;
    ends.list(paused)
        .whenComplete(
            (found, error) -> {
              if (found != null) {
                known = Map.copyOf(found);
              }
              asking = false;
            });
  }

  /** The end of a partition; -1 when it is not known. */
  long of(TopicPartition partition) {
    return known.getOrDefault(partition, -1L);
  }
}
