package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.MetadataFormatException;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/**
 * Commits the frontiers, with what is settled beyond them, and reads what an earlier owner has
 * committed. Used by the owner thread alone. One asynchronous commit is under way at a time, so a
 * slow answer cannot be overtaken; one that fails is simply made up for by the next.
 */
final class Committer implements Commits {

  private static final Logger log = LoggerFactory.getLogger(Committer.class);

  /** For the look at what was committed; without an answer some records are executed again. */
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final RateLimit warnings;
  private final MonotonicClock clock;
  private final int mostRepeated;
  private final Gathers gathers;
  private long settledAtCommit;
  private boolean underWay;
  private long confirmed;
  private long failed;

  /** Whether the broker takes less metadata than there would be. */
  private boolean plain;

  /**
   * A committer.
   *
   * @param consumer whose offsets
   * @param warnings keeps the log readable
   * @param clock tells how long an answer takes
   * @param mostRepeated most records settled between two commits
   * @param gathers what is committed together or not at all
   */
  Committer(
      Consumer<byte[], byte[]> consumer,
      RateLimit warnings,
      MonotonicClock clock,
      int mostRepeated,
      Gathers gathers) {
    this.consumer = consumer;
    this.warnings = warnings;
    this.clock = clock;
    this.mostRepeated = mostRepeated;
    this.gathers = gathers;
  }

  @Override
  public boolean transactional() {
    return false;
  }

  /** Empty also where what is there cannot be understood. */
  @Override
  public Map<TopicPartition, SettledOffsets> settledAhead(Collection<TopicPartition> partitions) {
    Map<TopicPartition, SettledOffsets> settled = new HashMap<>();
    committed(partitions)
        .forEach(
            (partition, commit) -> {
              if (commit != null) {
                settled.put(partition, decode(partition, commit));
              }
            });
    return settled;
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
    long deadline = clock.nanos() + LOOK_TIMEOUT.toNanos();
    while (true) {
      try {
        long left = Math.max(0, deadline - clock.nanos());
        return consumer.committed(Set.copyOf(partitions), Duration.ofNanos(left));
      } catch (WakeupException e) {
        // Meant for a poll that was no longer under way: look again.
        if (clock.nanos() - deadline >= 0) {
          return unknown(e);
        }
      } catch (KafkaException e) {
        return unknown(e);
      }
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> unknown(KafkaException e) {
    log.warn(
        "what was settled ahead of the committed offsets cannot be read ({}): it is executed again",
        String.valueOf(e));
    return Map.of();
  }

  private static SettledOffsets decode(TopicPartition partition, OffsetAndMetadata commit) {
    try {
      return CommitMetadata.decode(commit.offset(), commit.metadata());
    } catch (MetadataFormatException e) {
      log.warn(
          "the metadata of {}'s committed offset {} is ignored, and what it may say was settled"
              + " ahead is executed again: {}",
          partition,
          commit.offset(),
          e.getMessage());
      return SettledOffsets.none(commit.offset());
    }
  }

  /**
   * Whether so much has been settled since the last commit that a crash would repeat more than what
   * may be in flight.
   */
  private boolean pressing(Collection<PartitionFlow> flows) {
    return settled(flows) - settledAtCommit >= mostRepeated;
  }

  private static long settled(Collection<PartitionFlow> flows) {
    long settled = 0;
    for (PartitionFlow flow : flows) {
      settled += flow.settledInAll();
    }
    return settled;
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty(); // a commit that fails is made up for by the next
  }

  @Override
  public Tally tally() {
    return new Tally(confirmed, failed);
  }

  @Override
  public void turn(Collection<PartitionFlow> flows, boolean due) {
    if (underWay || !(due || pressing(flows))) {
      return;
    }
    settledAtCommit = settled(flows);
    Map<PartitionFlow, OffsetAndMetadata> moved = moved(flows);
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
              confirmed++;
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

  @Override
  public void commitSync(Collection<PartitionFlow> flows, Duration timeout) {
    Map<PartitionFlow, OffsetAndMetadata> moved = moved(flows);
    if (moved.isEmpty()) {
      return;
    }
    long deadline = clock.nanos() + timeout.toNanos();
    while (true) {
      try {
        long left = Math.max(0, deadline - clock.nanos());
        consumer.commitSync(offsets(moved), Duration.ofNanos(left));
        confirmed++;
        moved.forEach(PartitionFlow::committed);
        return;
      } catch (WakeupException e) {
        // Meant for a poll that was no longer under way; the commit is simply made again.
        if (clock.nanos() - deadline >= 0) {
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
    failed++;
    if (error instanceof OffsetMetadataTooLarge && !plain) {
      plain = true;
      log.warn(
          "the brokers take less metadata with an offset (offset.metadata.max.bytes) than the {} of"
              + " Kafka's default: from now on offsets are committed without, and what is settled"
              + " ahead of them is executed again after a crash",
          CommitMetadata.MAX_CHARS);
    }
    warnings.run(
        "commit " + error.getClass().getName(),
        suppressed ->
            log.warn(
                "offsets could not be committed: {} (and {} more like it); nothing is lost: the"
                    + " next commit, or the next owner of the partitions, takes it from there",
                error,
                suppressed));
  }

  private Map<PartitionFlow, OffsetAndMetadata> moved(Collection<PartitionFlow> flows) {
    Map<PartitionFlow, OffsetAndMetadata> moved = new HashMap<>();
    synchronized (gathers) { // no gather settles between the first partition and the last
      gathers.cutSettled(flows);
      for (PartitionFlow flow : flows) {
        flow.toCommit().map(this::fitting).ifPresent(commit -> moved.put(flow, commit));
      }
    }
    return moved;
  }

  private OffsetAndMetadata fitting(OffsetAndMetadata commit) {
    return plain ? new OffsetAndMetadata(commit.offset(), commit.leaderEpoch(), "") : commit;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(
      Map<PartitionFlow, OffsetAndMetadata> moved) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    moved.forEach((flow, commit) -> offsets.put(flow.partition(), commit));
    return offsets;
  }
}
