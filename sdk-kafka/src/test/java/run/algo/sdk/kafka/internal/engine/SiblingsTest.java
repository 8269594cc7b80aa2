package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.InputCounters;

/** A trigger waits for what was written before it to the other inputs. */
class SiblingsTest {

  private final List<CompletableFuture<Map<TopicPartition, Long>>> listings = new ArrayList<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final List<PartitionFlow> flows = new ArrayList<>();
  private final InputCounters counters = new InputCounters("in");
  private int woken;

  private final Siblings siblings =
      new Siblings(
          2,
          partitions -> {
            listings.add(new CompletableFuture<>());
            return listings.get(listings.size() - 1);
          },
          partition -> positions.getOrDefault(partition, -1L),
          () -> flows,
          () -> woken++);

  private final PartitionFlow left = flow("left", 0);
  private final PartitionFlow right = flow("right", 0);
  private final PartitionFlow other = flow("right", 1);

  private PartitionFlow flow(String topic, int partition) {
    PartitionFlow flow =
        EngineFixtures.flow(
            new TopicPartition(topic, partition),
            counters,
            new EngineFixtures.IdleDispatcher(),
            EngineFixtures.signal(() -> {}));
    flows.add(flow);
    return flow;
  }

  private static void read(PartitionFlow flow, long offset, long timestamp) {
    flow.read(
        List.of(
            new ConsumerRecord<>(
                flow.partition().topic(),
                flow.partition().partition(),
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                new byte[0],
                new RecordHeaders(),
                Optional.empty())),
        0);
  }

  private void list(long end) {
    siblings.turn();
    listings.get(listings.size() - 1).complete(Map.of(right.partition(), end));
  }

  @Test
  void theSameNumberOfAnotherTopicIsASibling() {
    assertThat(siblings.any(left)).isTrue();
    assertThat(siblings.any(other)).isFalse();
  }

  @Test
  void aTriggerWaitsUntilItsSiblingIsReadToTheEndItHadAtTheTrigger() {
    positions.put(right.partition(), 3L);
    siblings.barrier(left, 100, 0);
    siblings.turn(); // under way when the next is read: of no use to it
    Barrier barrier = siblings.barrier(left, 100, 0);
    listings.get(0).complete(Map.of(right.partition(), 3L));
    assertThat(woken).isEqualTo(1);
    assertThat(barrier.reached()).isFalse();
    list(5);
    assertThat(barrier.reached()).isFalse();
    positions.put(right.partition(), 4L);
    assertThat(barrier.reached()).isFalse();
    positions.put(right.partition(), 5L);
    assertThat(barrier.reached()).isTrue();
    siblings.turn();
    assertThat(listings).as("none that nobody waits for").hasSize(2);
  }

  @Test
  void inABacklogItIsEnoughThatTheSiblingIsReadBeyondTheTrigger() {
    Barrier barrier = siblings.barrier(left, 10_000, 0);
    list(1_000_000);
    read(right, 0, 10_900);
    assertThat(barrier.reached()).as("clocks may differ").isFalse();
    read(right, 1, 11_001);
    assertThat(barrier.reached()).isTrue();
  }

  /** Else two partitions that cannot be read on could wait for each other. */
  @Test
  void whatCannotBeReadOnIsBelievedToTheMillisecond() {
    Barrier barrier = siblings.barrier(left, 10_000, 0);
    list(1_000_000);
    right.paused(true);
    read(right, 0, 10_000);
    assertThat(barrier.reached()).isFalse();
    read(right, 1, 10_001);
    assertThat(barrier.reached()).isTrue();
  }

  @Test
  void triggersOfABatchWaitForWhatTheLatestNeeds() {
    Barrier first = siblings.barrier(left, 10_000, 7);
    Barrier both = first.and(siblings.barrier(left, 20_000, 9));
    list(1_000_000);
    read(right, 0, 15_000);
    assertThat(first.reached()).isTrue();
    assertThat(both.reached()).isFalse();
    assertThat(both.since()).isEqualTo(7);
    read(right, 1, 21_001);
    assertThat(both.reached()).isTrue();
  }

  @Test
  void aListingThatFailsIsMadeAgain() {
    positions.put(right.partition(), 0L);
    Barrier barrier = siblings.barrier(left, 100, 0);
    siblings.turn();
    listings.get(0).completeExceptionally(new IllegalStateException("no answer"));
    assertThat(barrier.reached()).isFalse();
    list(0);
    assertThat(listings).hasSize(2);
    assertThat(barrier.reached()).isTrue();
  }

  @Test
  void whatHasGoneToAnotherMemberIsNotWaitedFor() {
    Barrier barrier = siblings.barrier(left, 100, 0);
    right.abandon();
    assertThat(barrier.reached()).isTrue();
  }
}
