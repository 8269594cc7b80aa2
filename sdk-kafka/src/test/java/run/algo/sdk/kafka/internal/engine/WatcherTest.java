package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.UnderWay;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.PartitionView.State;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;

class WatcherTest {

  private static final Duration STUCK_AFTER = Duration.ofMinutes(5);

  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
  private final InputCounters counters = new InputCounters("orders");
  private final EngineFixtures.IdleDispatcher dispatcher = new EngineFixtures.IdleDispatcher();
  private final PartitionFlow flow =
      EngineFixtures.flow(counters, dispatcher, EngineFixtures.signal(() -> {}));
  private List<PartitionFlow> flows = List.of(flow);
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<Set<TopicPartition>> asked = new ArrayList<>();
  private CompletableFuture<Map<TopicPartition, Long>> ends = new CompletableFuture<>();
  private final Watcher watcher =
      new Watcher(
          consumer,
          new EnginePlan(
              new EnginePlan.Execution(Ordering.KEY, 4, 1, Duration.ZERO),
              new EnginePlan.Bounds(100, 10, 1_000, 1_000),
              new EnginePlan.Times(
                      Duration.ofMillis(500), Duration.ZERO, Duration.ZERO, Duration.ZERO)
                  .stuckAfter(STUCK_AFTER)),
          InstantSource.fixed(Instant.ofEpochMilli(50_000)),
          partitions -> {
            asked.add(partitions);
            return ends;
          });
  private Intake.Mode mode = Intake.Mode.OPEN;
  private long now = Long.MAX_VALUE - 5; // the monotonic clock may wrap

  @AfterEach
  void stop() {
    end.countDown();
  }

  /** How an execution stands. */
  private record Standing(@Nullable Thread worker, boolean isSent) implements UnderWay {
    @Override
    public String traceId() {
      return "trace\n1";
    }
  }

  private RunnerView look() {
    flow.count(now);
    watcher.look(
        flows,
        new Watcher.Stage(true, mode, new Commits.Tally(3, 1), new RunnerView.Rebalances(1, 0, 0)),
        now);
    return watcher.view();
  }

  private PartitionView partition() {
    return look().partitions().get(0);
  }

  private PartitionView after(Duration time) {
    now += time.toNanos();
    return partition();
  }

  private RecordBatch read(long... offsets) {
    flow.accept(EngineFixtures.records(offsets));
    long last = offsets[offsets.length - 1];
    flow.position(new OffsetAndMetadata(last + 1));
    return dispatcher.batches.get(dispatcher.batches.size() - 1);
  }

  private static void begin(RecordBatch batch, int index, @Nullable Thread worker, boolean sent) {
    batch.begin(index);
    batch.underWay(index, new Standing(worker, sent));
  }

  private Thread hanging() {
    Thread thread =
        new Thread(
            () -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "hangs");
    thread.setDaemon(true);
    thread.start();
    await().until(() -> thread.getState() == Thread.State.WAITING);
    return thread;
  }

  @Test
  void aLookIsDueEverySecond() {
    assertThat(watcher.isDue(now)).isTrue();
    partition();
    assertThat(watcher.isDue(now + Watcher.INTERVAL - 1)).isFalse();
    assertThat(watcher.isDue(now + Watcher.INTERVAL)).isTrue();
  }

  @Test
  void whatIsInFlightIsTold() {
    consumer.assign(List.of(EngineFixtures.P0));
    consumer.updateBeginningOffsets(Map.of(EngineFixtures.P0, 0L));
    consumer.updateEndOffsets(Map.of(EngineFixtures.P0, 10L));
    consumer.seek(EngineFixtures.P0, 4);
    RecordBatch batch = read(0, 1, 2, 3);
    batch.begin(0);
    batch.settled(0, Outcome.WRITTEN, 0);
    begin(batch, 1, null, false);

    RunnerView view = look();

    assertThat(view.at()).isEqualTo(Instant.ofEpochMilli(50_000));
    assertThat(view.executions().running()).isEqualTo(1);
    assertThat(view.executions().most()).isEqualTo(4);
    assertThat(view.memory()).isEqualTo(new RunnerView.Memory(12, 1_000));
    assertThat(view.commits().confirmed()).isEqualTo(3);
    PartitionView partition = view.partitions().get(0);
    assertThat(partition.input()).isEqualTo("orders");
    assertThat(partition.state()).isEqualTo(State.RUNNING);
    assertThat(partition.position()).isEqualTo(4);
    assertThat(partition.lag()).as("10 at the end, 1 settled").hasValue(9);
    assertThat(partition.inFlight()).isEqualTo(3);
    assertThat(partition.oldest().orElseThrow().offset()).isEqualTo(1);
    assertThat(partition.oldest().orElseThrow().traceId()).doesNotContain("\n").contains("trace");
    assertThat(partition.stuck()).isFalse();
  }

  @Test
  void whatIsExecutedForASecondIsSlowAndTheSlowestComesFirst() {
    RecordBatch batch = read(0, 1, 2);
    begin(batch, 1, null, false);
    look();
    now += Duration.ofMillis(999).toNanos();
    assertThat(look().executions().slowest()).isEmpty();
    begin(batch, 0, null, false);
    look();
    now += Duration.ofSeconds(2).toNanos();
    assertThat(look().executions().slowest()).extracting(Slow::offset).containsExactly(1L, 0L);
    assertThat(watcher.view().executions().slowest())
        .extracting(Slow::seconds)
        .containsExactly(2.999, 2.0);
    batch.settled(1, Outcome.WRITTEN, 0);
    assertThat(look().executions().slowest()).extracting(Slow::offset).containsExactly(0L);
  }

  @Test
  void aThreadThatHangsIsNamedWithItsStack() {
    RecordBatch batch = read(0, 1);
    begin(batch, 0, hanging(), false);
    partition();
    assertThat(after(STUCK_AFTER.minusNanos(1)).stuck()).isFalse();
    PartitionView partition = after(Duration.ofNanos(1));
    assertThat(partition.stuck()).isTrue();
    assertThat(partition.idleSeconds()).isEqualTo(300);
    Slow held = partition.oldest().orElseThrow();
    assertThat(held.offset()).isZero();
    assertThat(held.thread()).isEqualTo("hangs");
    assertThat(held.stack()).anyMatch(frame -> frame.contains("CountDownLatch.await"));
  }

  @Test
  void whatTakesLongIsShownWithItsStackThoughNothingIsStuck() {
    RecordBatch batch = read(0, 1);
    begin(batch, 0, hanging(), false);
    look();
    now += SlowOnes.WITH_STACK - 1;
    assertThat(look().executions().slowest().get(0).stack()).isEmpty();
    now += 1;
    Slow slow = look().executions().slowest().get(0);
    assertThat(slow.stack()).anyMatch(frame -> frame.contains("CountDownLatch.await"));
    assertThat(partition().stuck()).isFalse();
  }

  @Test
  void theAgeOfTheOldestIsSinceItsReadAlsoOnceItIsExecuted() {
    RecordBatch batch = read(0);
    look();
    now += Duration.ofSeconds(7).toNanos();
    double waited = partition().oldest().orElseThrow().seconds();
    begin(batch, 0, null, false);
    assertThat(partition().oldest().orElseThrow().seconds()).isEqualTo(waited);
  }

  /** A consumer knows the ends of what it fetches, and a paused partition is not fetched. */
  @Test
  void theLagOfAPausedPartitionGrowsWithItsEnd() {
    consumer.assign(List.of(EngineFixtures.P0));
    consumer.updateBeginningOffsets(Map.of(EngineFixtures.P0, 0L));
    consumer.updateEndOffsets(Map.of(EngineFixtures.P0, 4L));
    consumer.seek(EngineFixtures.P0, 4);
    read(0, 1, 2, 3);
    assertThat(partition().lag()).hasValue(4);
    assertThat(asked).as("it is fetched").isEmpty();
    flow.paused(true);
    look();
    assertThat(asked).containsExactly(Set.of(EngineFixtures.P0));
    ends.complete(Map.of(EngineFixtures.P0, 100L));
    assertThat(partition().lag()).hasValue(100);
    ends = CompletableFuture.failedFuture(new IllegalStateException("no broker"));
    assertThat(after(Duration.ofNanos(PausedEnds.INTERVAL)).lag())
        .as("what is known stays")
        .hasValue(100);
    ends = CompletableFuture.completedFuture(Map.of(EngineFixtures.P0, 200L));
    after(Duration.ofNanos(PausedEnds.INTERVAL));
    assertThat(partition().lag()).hasValue(200);
    assertThat(asked).hasSize(3);
  }

  /** As with brokers that take nothing: the producer's buffer is full. */
  @Test
  void whatWaitsWhileWorkersCannotHandOverTheirOutputsIsNotForgotten() {
    read(0);
    EngineFixtures.IdleDispatcher others = new EngineFixtures.IdleDispatcher();
    PartitionFlow other = EngineFixtures.flow(counters, others, EngineFixtures.signal(() -> {}));
    other.accept(EngineFixtures.records(0));
    RecordBatch sending = others.batches.get(0);
    begin(sending, 0, Thread.currentThread(), true);
    flows = List.of(flow, other);
    partition();
    assertThat(after(STUCK_AFTER.multipliedBy(2)).stuck()).isFalse();
    sending.settled(0, Outcome.WRITTEN, 0);
    assertThat(after(STUCK_AFTER).stuck()).isTrue();
  }

  @Test
  void whoeverSettlesARecordNowAndThenIsSlowAndNotStuck() {
    RecordBatch batch = read(0, 1, 2, 3);
    begin(batch, 0, null, false);
    partition();
    for (int i = 1; i < 4; i++) {
      batch.begin(i);
      batch.settled(i, Outcome.FILTERED, 0);
      assertThat(after(STUCK_AFTER.minusSeconds(1)).stuck()).isFalse();
    }
    assertThat(after(STUCK_AFTER).stuck()).isTrue();
  }

  @Test
  void newRecordsAreNoProgress() {
    RecordBatch batch = read(0);
    begin(batch, 0, null, false);
    partition();
    read(1, 2, 3);
    assertThat(after(STUCK_AFTER).stuck()).isTrue();
  }

  @Test
  void outputsThatWaitForBrokersDoNotMakeItStuck() {
    RecordBatch batch = read(0);
    begin(batch, 0, null, true);
    partition();
    assertThat(after(STUCK_AFTER.multipliedBy(2)).stuck()).isFalse();
    assertThat(watcher.view().executions().running()).isZero();
  }

  @Test
  void whatWasGatheredWaitsForBrokersWithItsTrigger() {
    RecordBatch batch = read(0, 1);
    Trace trace = new Trace(0);
    trace.add(new Trace.Held(batch, 0));
    Gather gather = new Gather(EngineFixtures.gathers(), trace, batch, 1, false);
    batch.begin(0);
    batch.begin(1);
    gather.underWay(1, new Standing(null, true));
    partition();
    assertThat(after(STUCK_AFTER.multipliedBy(2)).stuck()).isFalse();
  }

  @Test
  void whatWaitsForItsNextTryDoesNotMakeItStuckNorWhatIsBehindIt() {
    RecordBatch batch = read(0, 1);
    begin(batch, 0, null, false);
    batch.again(0, Tries.NONE, Duration.ofHours(1));
    partition();
    assertThat(after(STUCK_AFTER.multipliedBy(2)).stuck()).isFalse();
    batch.waited(0);
    assertThat(partition().stuck()).isFalse();
    assertThat(after(STUCK_AFTER).stuck()).as("and nobody begins it").isTrue();
  }

  @Test
  void whatWaitsWhileNothingIsExecutedWasForgotten() {
    read(0);
    partition();
    PartitionView partition = after(STUCK_AFTER);
    assertThat(partition.stuck()).isTrue();
    assertThat(partition.oldest().orElseThrow().begun()).isFalse();
  }

  @Test
  void aPausedOrHaltedPartitionIsNotStuck() {
    RecordBatch batch = read(0, 1);
    flow.suspend(true);
    mode = Intake.Mode.PAUSED;
    partition();
    PartitionView paused = after(STUCK_AFTER);
    assertThat(paused.stuck()).isFalse();
    assertThat(paused.state()).isEqualTo(State.PAUSED);
    flow.suspend(false);
    mode = Intake.Mode.OPEN;
    begin(batch, 0, null, false);
    batch.blocked(
        0, new Blockage("the output", new IllegalStateException(), false, Optional.empty()));
    PartitionView halted = after(STUCK_AFTER.multipliedBy(2));
    assertThat(halted.state()).isEqualTo(State.HALTED);
    assertThat(halted.why()).contains("offset 0", "the output");
    assertThat(halted.stuck()).isFalse();
  }

  @Test
  void theAgeOfACommitCountsFromWhatIsSettledAndBeginsAnewWithEachThatIsConfirmed() {
    RecordBatch batch = read(0, 1, 2);
    assertThat(look().commits().ageSeconds()).isZero();
    batch.begin(0);
    batch.settled(0, Outcome.WRITTEN, 0);
    look();
    now += Duration.ofSeconds(3).toNanos();
    assertThat(look().commits().ageSeconds()).isEqualTo(3);
    flow.committed(new OffsetAndMetadata(1));
    assertThat(look().commits().ageSeconds()).isZero();
    batch.begin(1);
    batch.settled(1, Outcome.WRITTEN, 0);
    look();
    now += Duration.ofSeconds(1).toNanos();
    assertThat(look().commits().ageSeconds()).isEqualTo(1);
  }

  @Test
  void theLedgerIsComparedWithWhatIsInFlight() {
    RecordBatch batch = read(0, 1, 2);
    batch.begin(1);
    batch.settled(1, Outcome.WRITTEN, 0);
    assertThat(unaccounted()).as("all is well").isZero();
    counters.read(2); // as if two had been lost
    for (int look = 1; look < 10; look++) {
      assertThat(look().unaccounted()).as("at the moment").containsEntry("orders", 0L);
    }
    assertThat(look().unaccounted()).containsEntry("orders", 2L);
    counters.settled(Outcome.FILTERED, 3); // as if three had been counted twice
    assertThat(unaccounted()).isEqualTo(-1);
    counters.read(1);
    assertThat(unaccounted()).isZero();
    flow.abandon();
    assertThat(unaccounted()).as("what is released has its outcome").isZero();
  }

  /** What is settled between two partitions' turns is in the one sum and not in the other. */
  @Test
  void whatIsSettledDuringALookIsAccountedFor() {
    RecordBatch batch = read(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    AtomicInteger next = new AtomicInteger();
    Collection<PartitionFlow> settling =
        new AbstractCollection<>() {
          @Override
          public Iterator<PartitionFlow> iterator() {
            return new Iterator<>() {
              private boolean taken;

              @Override
              public boolean hasNext() {
                if (taken) {
                  int index = next.getAndIncrement();
                  batch.begin(index);
                  batch.settled(index, Outcome.WRITTEN, 0);
                }
                return !taken;
              }

              @Override
              public PartitionFlow next() {
                taken = true;
                return flow;
              }
            };
          }

          @Override
          public int size() {
            return 1;
          }
        };
    Unaccounted unaccounted = new Unaccounted();
    for (int look = 0; look < 10; look++) {
      assertThat(unaccounted.look(settling)).containsEntry("orders", 0L);
    }
    assertThat(next).hasValue(20);
  }

  @Test
  void whatIsOverShowsNothingInFlight() {
    read(0, 1);
    look();
    watcher.end();
    assertThat(watcher.view().partitions()).isEmpty();
    assertThat(watcher.view().memory().used()).isZero();
    assertThat(watcher.view().commits().confirmed()).isEqualTo(3);
  }

  private long unaccounted() {
    for (int look = 0; look < 10; look++) {
      look();
    }
    return watcher.view().unaccounted().get("orders");
  }

  @Test
  void agesAreKnownRoughlyAndInLittleMemory() {
    Ages ages = new Ages();
    assertThat(ages.read(5, 77)).isEqualTo(77);
    for (int second = 0; second < 100_000; second++) {
      ages.position(second * 10L, second);
    }
    assertThat(ages.read(999_990, 0)).isEqualTo(99_999);
    assertThat(ages.read(999_000, 0)).isBetween(99_900L, 99_910L);
    assertThat(ages.read(500_000, 0)).isBetween(50_000L, 55_000L);
    assertThat(ages.read(0, 0)).isZero();
  }

  @Test
  void recordsOfThePastTellHowFarBehindItIs() {
    ConsumerRecord<byte[], byte[]> old =
        new ConsumerRecord<>(
            "orders",
            0,
            0L,
            20_000L,
            org.apache.kafka.common.record.TimestampType.CREATE_TIME,
            1,
            1,
            new byte[1],
            new byte[1],
            new org.apache.kafka.common.header.internals.RecordHeaders(),
            Optional.empty());
    flow.accept(List.of(old));
    assertThat(partition().lagSeconds()).isEqualTo(30);
  }
}
