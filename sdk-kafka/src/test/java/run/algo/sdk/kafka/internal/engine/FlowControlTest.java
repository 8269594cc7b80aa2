package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.record;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.Outcome;

class FlowControlTest {

  private static final byte[] LARGE = new byte[100_000];

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final Map<TopicPartition, PartitionFlow> flows = new LinkedHashMap<>();
  private final Map<TopicPartition, Long> next = new LinkedHashMap<>();
  private final List<RecordBatch> open = new ArrayList<>();
  private long time;
  private boolean transactional;
  private boolean serial;

  /** Polls that bring as much as they may, records that settle at random: never over the bound. */
  @RepeatedTest(100)
  void neverMoreInFlightThanTheBound(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int partitions = 1 + random.nextInt(8);
    int perPoll = 1 + random.nextInt(50);
    int bound = perPoll + random.nextInt(500);
    FlowControl control = assign(partitions, bound, perPoll);
    int most = 0;
    for (int turn = 0; turn < 300; turn++) {
      FlowControl.Verdict verdict = control.apply(flows.values(), true, true);
      int room = verdict == FlowControl.Verdict.WAIT ? 0 : perPoll;
      for (Map.Entry<TopicPartition, PartitionFlow> entry : flows.entrySet()) {
        if (room == 0 || consumer.paused().contains(entry.getKey())) {
          continue;
        }
        int count = 1 + random.nextInt(room);
        room -= count;
        entry.getValue().accept(take(entry.getKey(), next, count));
      }
      int inFlight = inFlight(flows.values());
      most = Math.max(most, inFlight);
      assertThat(inFlight).isLessThanOrEqualTo(bound);
      settleSome(open, random);
    }
    assertThat(most).isPositive();
    // When all has settled everything flows again.
    open.forEach(FlowControlTest::settleAll);
    control.apply(flows.values(), true, true);
    assertThat(consumer.paused()).isEmpty();
  }

  /** All but one stand still: that one flows on, as far as each share takes a full poll. */
  @RepeatedTest(20)
  void partitionsThatStandStillLeaveTheOthersTheirShare(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int partitions = 2 + random.nextInt(8);
    int perPoll = 1 + random.nextInt(50);
    int bound = 2 * partitions * perPoll + random.nextInt(500);
    TopicPartition flowing = new TopicPartition("orders", 0);
    FlowControl control = assign(partitions, bound, perPoll);
    for (int turn = 0; turn < 1000; turn++) {
      control.apply(flows.values(), true, true);
      List<TopicPartition> willing =
          flows.keySet().stream().filter(p -> !consumer.paused().contains(p)).toList();
      assertThat(willing).as("turn %s", turn).contains(flowing);
      // The worst poll: one partition takes it all.
      TopicPartition taker = willing.get(random.nextInt(willing.size()));
      flows.get(taker).accept(take(taker, next, perPoll));
      assertThat(inFlight(flows.values())).isLessThanOrEqualTo(bound);
      open.stream()
          .filter(batch -> batch.unsettled() > 0)
          .filter(batch -> batch.record(0).partition() == flowing.partition())
          .forEach(FlowControlTest::settleAll);
    }
    assertThat(next.get(flowing)).isPositive();
  }

  /** What stands still has its part, however much nobody else wants of the rest. */
  @Test
  void takesNoMoreThanItsPartUnlessItSettles() {
    FlowControl control = assign(4, 800, 10);
    TopicPartition standing = new TopicPartition("orders", 0);
    while (control.apply(flows.values(), true, true) != FlowControl.Verdict.REST
        && !consumer.paused().contains(standing)) {
      flows.get(standing).accept(take(standing, next, 10));
    }
    assertThat(inFlight(flows.values())).isEqualTo(800 / 2 / 4 + 10); // by a poll, at most
    open.forEach(FlowControlTest::settleAll);
    control.apply(flows.values(), true, true);
    assertThat(consumer.paused()).isEmpty();
    while (!consumer.paused().contains(standing)) {
      flows.get(standing).accept(take(standing, next, 10));
      control.apply(flows.values(), true, true);
    }
    assertThat(inFlight(flows.values())).isGreaterThan(800 / 2 / 4 + 10);
  }

  /** Its other keys have nothing to do with the record that stands. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 10, 12, 20, 21, 60})
  void aRecordThatStandsDoesNotStopItsPartition(int partitions) {
    FlowControl control = assign(partitions, 10_000, 500);
    for (TopicPartition partition : flows.keySet()) {
      flows.get(partition).accept(take(partition, next, 1));
    }
    for (long second = 0; second < 5; second++) {
      time = second * 1_000_000_000;
      control.apply(flows.values(), true, true);
    }
    assertThat(consumer.paused()).isEmpty();
  }

  /** What has filled the bound alone, and stands, must not starve what comes later. */
  @Test
  void aPartitionThatComesLaterIsReadHoweverMuchTheOthersHold() {
    FlowControl control = assign(1, 1_000, 100);
    TopicPartition full = new TopicPartition("orders", 0);
    while (control.apply(flows.values(), true, true) == FlowControl.Verdict.POLL) {
      flows.get(full).accept(take(full, next, 100));
    }
    assertThat(inFlight(flows.values())).isGreaterThanOrEqualTo(800);
    TopicPartition late = new TopicPartition("orders", 1);
    flows.put(late, flow(late, EngineFixtures.signal(() -> {})));
    next.put(late, 0L);
    consumer.assign(flows.keySet());
    for (int poll = 0; poll < 5; poll++) {
      control.apply(flows.values(), true, true);
      assertThat(consumer.paused()).doesNotContain(late);
      flows.get(late).accept(take(late, next, 100));
      assertThat(inFlight(flows.values())).isLessThanOrEqualTo(1_000);
      settleAll(open.remove(open.size() - 1));
    }
  }

  /** It waits for the brokers alone, and would else keep everything from being read meanwhile. */
  @Test
  void whatATransactionIsWritingIsNotInFlight() {
    transactional = true;
    FlowControl control = assign(1, 100, 50);
    TopicPartition partition = new TopicPartition("orders", 0);
    PartitionFlow flow = flows.get(partition);
    flow.accept(take(partition, next, 100));
    assertThat(control.apply(flows.values(), true, false)).isEqualTo(FlowControl.Verdict.REST);
    flow.writing(100);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
    assertThat(flow.inFlight()).isZero();
    assertThat(flow.isEmpty()).isFalse();
    flow.writing(-100);
    assertThat(flow.inFlight()).isEqualTo(100);
    assertThat(control.apply(flows.values(), true, false)).isEqualTo(FlowControl.Verdict.REST);
  }

  /** A pause would cost as much as its transaction takes, or more. */
  @Test
  void whatOnlyWaitsForItsTransactionIsNotPausedAtOnce() {
    transactional = true;
    FlowControl control = assign(1, 100, 50);
    TopicPartition partition = new TopicPartition("orders", 0);
    flows.get(partition).accept(take(partition, next, 100));
    prepare(open.get(0), 49);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.REST);
    assertThat(consumer.paused()).containsExactly(partition);
    consumer.resume(List.of(partition));
    flows.get(partition).paused(false);
    prepare(open.get(0), 50);
    time = 1_000_000_000;
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    time += 499_999_999;
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    time += 1;
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.REST);
  }

  /** One partition that settles so many records a second, for two seconds, and is then full. */
  private FlowControl fullAfter(int... settledPerSecond) {
    FlowControl control = assign(settledPerSecond.length, 2_000, 50);
    for (int turn = 0; turn <= 20; turn++) {
      time = turn * 100_000_000L;
      int p = 0;
      for (Map.Entry<TopicPartition, PartitionFlow> entry : flows.entrySet()) {
        entry.getValue().accept(take(entry.getKey(), next, settledPerSecond[p++] / 10));
      }
      open.forEach(FlowControlTest::settleAll);
      open.clear();
      assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
    }
    for (Map.Entry<TopicPartition, PartitionFlow> entry : flows.entrySet()) {
      entry.getValue().accept(take(entry.getKey(), next, 2_000 / flows.size()));
    }
    return control;
  }

  /** What is in flight of it may not last as long as a pause does. */
  @Test
  void whatSettlesQuicklyIsNotPausedAtOnce() {
    FlowControl control = fullAfter(1_000); // 100 records, two polls, within 100 ms
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    time += 199_999_999;
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    assertThat(consumer.paused()).isEmpty();
    time += 1;
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.REST);
    assertThat(consumer.paused()).hasSize(1);
  }

  /** It was quick, and stands: with each look less was settled lately. */
  @Test
  void whatNoLongerSettlesIsPausedSooner() {
    FlowControl control = fullAfter(550); // 182 ms
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    time += 199_999_999;
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.REST);
  }

  @Test
  void whatWouldTakeLongToHaveRoomIsPausedAtOnce() {
    FlowControl control = fullAfter(450); // 222 ms
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.REST);
    assertThat(consumer.paused()).hasSize(1);
  }

  @Test
  void oneThatIsSlowIsNotWaitedForBecauseAnotherIsQuick() {
    FlowControl control = fullAfter(2_000, 100);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.REST);
    assertThat(consumer.paused()).hasSize(2);
  }

  /** Two partitions that have settled so many large records a second, and have more bytes. */
  private FlowControl large(long bytes, int... settledPerSecond) {
    FlowControl control = assign(settledPerSecond.length, 10_000, 500);
    for (int turn = 0; turn <= 20; turn++) {
      time = turn * 100_000_000L;
      int p = 0;
      for (Map.Entry<TopicPartition, PartitionFlow> entry : flows.entrySet()) {
        entry.getValue().accept(large(entry.getKey(), settledPerSecond[p++] / 10));
      }
      open.forEach(FlowControlTest::settleAll);
      open.clear();
      assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
    }
    int records = (int) (bytes / LARGE.length / settledPerSecond.length) + 1;
    for (Map.Entry<TopicPartition, PartitionFlow> entry : flows.entrySet()) {
      entry.getValue().accept(large(entry.getKey(), records));
    }
    return control;
  }

  private List<ConsumerRecord<byte[], byte[]>> large(TopicPartition partition, int count) {
    return take(partition, next, count).stream()
        .map(
            small ->
                new ConsumerRecord<>(
                    small.topic(), small.partition(), small.offset(), small.key(), LARGE))
        .toList();
  }

  /** What is read too early grows old in the heap, and fills the producer's buffer. */
  @Test
  void whatComesOneAtATimeIsNotReadFurtherThanIsOfUse() {
    serial = true;
    FlowControl control = large(FlowControl.ENOUGH, 5_000, 5_000);
    for (long waited : new long[] {0, 100_000_000, 99_999_999}) {
      time += waited;
      assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    }
    assertThat(consumer.paused()).as("so that the next fetch is under way").isEmpty();
    assertThat(control.apply(flows.values(), true, false))
        .as("within a poll")
        .isEqualTo(FlowControl.Verdict.POLL);
    settleAll(open.get(0));
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
  }

  /** Whatever it is that stays: else there were five polls a second from then on. */
  @Test
  void whereWaitingDoesNotHelpItIsReadOn() {
    serial = true;
    FlowControl control = large(FlowControl.ENOUGH, 5_000, 5_000);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    time += 200_000_000;
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
    RecordBatch stays = open.get(0);
    for (int turn = 0; turn < 99; turn++) {
      time += 100_000_000;
      for (TopicPartition partition : flows.keySet()) {
        flows.get(partition).accept(large(partition, 500));
      }
      open.stream().filter(batch -> batch != stays).toList().forEach(FlowControlTest::settleAll);
      flows.values().forEach(flow -> flow.accept(large(flow.partition(), 150)));
      assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
    }
    time += 100_000_000;
    assertThat(control.apply(flows.values(), true, true))
        .as("tried anew after ten seconds")
        .isEqualTo(FlowControl.Verdict.WAIT);
  }

  /** Its trigger may be the next that is read. */
  @Test
  void whatIsHeldForAnotherRecordIsNotWaitedFor() {
    serial = true;
    FlowControl control = large(2 * FlowControl.ENOUGH, 5_000, 5_000);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
    open.get(0).hold(0);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
  }

  @Test
  void upToWhatIsEnoughItIsRead() {
    serial = true;
    FlowControl control = large(FlowControl.ENOUGH - (1 << 20), 5_000, 5_000);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
  }

  /** More that is read may be more that is executed at once. */
  @Test
  void whatGoesManyAtATimeIsReadFurther() {
    FlowControl control = large(2 * FlowControl.ENOUGH, 5_000, 5_000);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
  }

  /** What is prepared waits for the next commit, and not for what was read before. */
  @Test
  void whatIsWrittenInTransactionsIsReadFurther() {
    serial = true;
    transactional = true;
    FlowControl control = large(2 * FlowControl.ENOUGH, 5_000, 5_000);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
  }

  /** Who waited for it would keep what comes for others. */
  @Test
  void oneThatIsSlowDoesNotKeepTheOthersFromBeingRead() {
    serial = true;
    FlowControl control = large(2 * FlowControl.ENOUGH, 5_000, 2_000);
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.POLL);
  }

  /** It has next to nothing in flight, so that it is not what is waited for. */
  @Test
  void oneWithFewRecordsDoesNotMakeTheOthersReadFurther() {
    serial = true;
    FlowControl control = large(2 * FlowControl.ENOUGH, 5_000, 10);
    settleAll(open.remove(1));
    assertThat(control.apply(flows.values(), true, true)).isEqualTo(FlowControl.Verdict.WAIT);
  }

  private static void prepare(RecordBatch batch, int upTo) {
    for (int i = 0; i < upTo; i++) {
      if (batch.isWaiting(i)) {
        batch.begin(i);
        batch.prepared(i, null);
      }
    }
  }

  private FlowControl assign(int partitions, int bound, int perPoll) {
    OwnerSignal signal = EngineFixtures.signal(() -> {});
    for (int p = 0; p < partitions; p++) {
      TopicPartition partition = new TopicPartition("orders", p);
      flows.put(partition, flow(partition, signal));
      next.put(partition, 0L);
    }
    consumer.assign(flows.keySet());
    return new FlowControl(
        consumer,
        signal,
        new EnginePlan.Bounds(bound, perPoll, 1L << 40, 0),
        () -> time,
        Duration.ZERO);
  }

  private PartitionFlow flow(TopicPartition partition, OwnerSignal signal) {
    EngineFixtures.IdleDispatcher dispatcher =
        new EngineFixtures.IdleDispatcher() {
          @Override
          public void dispatch(RecordBatch batch) {
            open.add(batch);
          }

          @Override
          public boolean isSerial() {
            return serial;
          }
        };
    return EngineFixtures.flow(
        new PartitionFlow.Seat(
            partition, SettledOffsets.none(0), transactional, EngineFixtures.gathers()),
        new InputCounters("orders"),
        dispatcher,
        signal);
  }

  private static List<ConsumerRecord<byte[], byte[]>> take(
      TopicPartition partition, Map<TopicPartition, Long> next, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long offset = next.get(partition);
    for (int i = 0; i < count; i++) {
      records.add(record(partition, offset++));
    }
    next.put(partition, offset);
    return records;
  }

  private static int inFlight(Collection<PartitionFlow> flows) {
    flows.forEach(flow -> flow.count(0));
    return flows.stream().mapToInt(PartitionFlow::inFlight).sum();
  }

  private static void settleSome(List<RecordBatch> open, Random random) {
    int count = random.nextInt(4);
    for (int i = 0; i < count && !open.isEmpty(); i++) {
      settleAll(open.remove(random.nextInt(open.size())));
    }
  }

  private static void settleAll(RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (!batch.isSettled(i)) {
        batch.settled(i, Outcome.WRITTEN, 0);
      }
    }
  }
}
