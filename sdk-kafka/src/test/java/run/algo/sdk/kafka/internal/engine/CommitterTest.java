package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.P0;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.Outcome;

/** When commits are made, and what becomes of those that the broker refuses. */
class CommitterTest {

  private static final int MOST_REPEATED = 10;

  private final StingyBroker consumer = new StingyBroker();
  private final Committer committer =
      new Committer(
          consumer,
          new RateLimit(Duration.ofDays(1), () -> 0),
          () -> 0,
          MOST_REPEATED,
          EngineFixtures.gathers());
  private final EngineFixtures.IdleDispatcher dispatcher = new EngineFixtures.IdleDispatcher();
  private final PartitionFlow flow =
      EngineFixtures.flow(new InputCounters("orders"), dispatcher, EngineFixtures.signal(() -> {}));

  /** Takes no metadata. */
  private static final class StingyBroker extends MockConsumer<byte[], byte[]> {
    private final List<OffsetAndMetadata> taken = new ArrayList<>();

    StingyBroker() {
      super("earliest");
      assign(List.of(P0));
    }

    @Override
    public synchronized void commitAsync(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      OffsetAndMetadata offset = offsets.get(P0);
      if (offset.metadata().isEmpty()) {
        taken.add(offset);
        callback.onComplete(offsets, null);
      } else {
        callback.onComplete(offsets, new OffsetMetadataTooLarge());
      }
    }
  }

  private void read(int count) {
    flow.accept(EngineFixtures.records(LongStream.range(0, count).toArray()));
  }

  private void settle(int index) {
    dispatcher.batches.get(0).settled(index, Outcome.WRITTEN, 0);
    flow.count(0);
  }

  @Test
  void aBrokerThatTakesNoMetadataGetsOffsetsWithout() {
    read(10);
    settle(0);
    settle(5); // ahead of 1
    committer.turn(List.of(flow), true);
    assertThat(consumer.taken).isEmpty();
    committer.turn(List.of(flow), true);
    assertThat(consumer.taken).containsExactly(new OffsetAndMetadata(1, ""));
  }

  @Test
  void muchThatIsSettledIsCommittedBeforeTheInterval() {
    read(2 * MOST_REPEATED);
    flow.count(0);
    for (int i = 0; i < MOST_REPEATED; i++) {
      committer.turn(List.of(flow), false);
      assertThat(consumer.taken).isEmpty();
      settle(i);
    }
    committer.turn(List.of(flow), false);
    assertThat(consumer.taken).containsExactly(new OffsetAndMetadata(MOST_REPEATED, ""));
    settle(MOST_REPEATED);
    committer.turn(List.of(flow), false);
    assertThat(consumer.taken).hasSize(1);
  }
}
