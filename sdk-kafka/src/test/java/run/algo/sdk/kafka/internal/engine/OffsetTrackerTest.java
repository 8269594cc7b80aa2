package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.idleFlow;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.records;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.Outcome;

class OffsetTrackerTest {

  private final InputCounters counters = new InputCounters("orders");
  private final PartitionFlow flow = idleFlow(counters);
  private final OffsetTracker tracker = new OffsetTracker(SettledOffsets.none(0));

  @Test
  void nothingIsKnownBeforeTheFirstPoll() {
    assertThat(tracker.frontier()).isEqualTo(-1);
  }

  @Test
  void positionCountsWhenNothingIsOpen() {
    RecordBatch batch = EngineFixtures.batch(flow, records(5, 6));
    tracker.add(batch);
    tracker.position(9, Optional.empty()); // transaction markers at 7 and 8
    assertThat(tracker.frontier()).isEqualTo(5);
    batch.settled(0, Outcome.WRITTEN, 0);
    assertThat(tracker.frontier()).isEqualTo(6);
    batch.settled(1, Outcome.WRITTEN, 0);
    assertThat(tracker.frontier()).isEqualTo(9);
  }

  @Test
  void aGapOpensNothing() {
    RecordBatch batch = EngineFixtures.batch(flow, records(1, 2, 3));
    tracker.add(batch);
    tracker.position(4, Optional.empty());
    batch.settled(1, Outcome.WRITTEN, 0);
    batch.settled(2, Outcome.FILTERED, 0);
    assertThat(tracker.frontier()).isEqualTo(1);
    assertThat(tracker.unsettled()).isEqualTo(1);
  }

  /** Against a model that knows every open offset, in random order over several batches. */
  @RepeatedTest(200)
  void frontierIsTheFirstOpenOffset(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    TreeSet<Long> open = new TreeSet<>();
    record Slot(RecordBatch batch, int index) {}
    List<Slot> slots = new ArrayList<>();
    long offset = random.nextInt(1000);
    for (int b = 0; b < 1 + random.nextInt(6); b++) {
      long[] offsets = new long[1 + random.nextInt(20)];
      for (int i = 0; i < offsets.length; i++) {
        offset += 1 + random.nextInt(3);
        offsets[i] = offset;
        open.add(offset);
      }
      RecordBatch batch = EngineFixtures.batch(flow, records(offsets));
      tracker.add(batch);
      for (int i = 0; i < offsets.length; i++) {
        slots.add(new Slot(batch, i));
      }
    }
    long position = offset + 1 + random.nextInt(5);
    tracker.position(position, Optional.empty());
    while (!slots.isEmpty()) {
      Slot slot = slots.remove(random.nextInt(slots.size()));
      open.remove(slot.batch().offset(slot.index()));
      slot.batch().settled(slot.index(), Outcome.WRITTEN, 0);
      if (random.nextBoolean()) {
        assertThat(tracker.frontier()).isEqualTo(open.isEmpty() ? position : open.first());
        assertThat(tracker.unsettled()).isEqualTo(open.size());
      }
    }
    assertThat(tracker.frontier()).isEqualTo(position);
    assertThat(counters.settled(Outcome.WRITTEN)).isPositive();
  }

  private static long[] offsets(long from, int count) {
    return LongStream.range(from, from + count).toArray();
  }

  private RecordBatch added(long from, int count) {
    RecordBatch batch = EngineFixtures.batch(flow, records(offsets(from, count)));
    tracker.add(batch);
    tracker.position(from + count, Optional.empty());
    return batch;
  }

  private static void settleAll(RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      batch.settled(i, Outcome.WRITTEN, 0);
    }
  }

  /** However much is done behind it: what counts is what may still change. */
  @Test
  void aStragglerDoesNotStopItsPartition() throws Exception {
    added(0, 1);
    long next = 1;
    for (int i = 0; i < 1_000; i++) {
      RecordBatch batch = added(next, 500);
      assertThat(tracker.hasRoom(batch)).as("batch %d", i).isTrue();
      settleAll(batch);
      next += 500;
    }
    OffsetAndMetadata commit = tracker.commit().orElseThrow();
    assertThat(commit.offset()).isZero();
    SettledOffsets settled = CommitMetadata.decode(0, commit.metadata());
    assertThat(settled.contains(0)).isFalse();
    assertThat(settled.contains(1)).isTrue();
    assertThat(settled.contains(next - 1)).isTrue();
    assertThat(settled.end()).isEqualTo(next);
  }

  @Test
  void whatCouldNotBeToldInEveryOrderIsNotBegun() {
    added(0, 1);
    RecordBatch done = added(1, 500_000);
    settleAll(done);
    RecordBatch open = added(500_001, 2_000);
    assertThat(tracker.hasRoom(open)).isFalse();
  }

  @Test
  void whatIsCutIsToldAsSettledAndNotCommitted() throws Exception {
    RecordBatch first = added(10, 4);
    RecordBatch second = added(14, 2);
    settleAll(first);
    second.settled(1, Outcome.WRITTEN, 0);
    tracker.cut(12);
    OffsetAndMetadata commit = tracker.commit().orElseThrow();
    assertThat(commit.offset()).isEqualTo(12);
    SettledOffsets settled = CommitMetadata.decode(12, commit.metadata());
    assertThat(LongStream.range(12, 17).filter(settled::contains)).containsExactly(12L, 13L, 15L);
    tracker.cut(Long.MAX_VALUE);
    assertThat(tracker.commit().orElseThrow().offset()).isEqualTo(14);
  }
}
