package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.idleFlow;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.records;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.observe.InputCounters;

class PartitionLaneTest {

  private final ExecutorService workers = Executors.newFixedThreadPool(4);
  private final List<Long> executed = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stopWorkers() {
    workers.shutdownNow();
  }

  private static Crew.Workers crew(Executor executor) {
    return Crew.Workers.of(4, executor, EngineFixtures.NEVER, MonotonicClock.SYSTEM);
  }

  private static RecordBatch batch(long from, long to) {
    return EngineFixtures.batch(
        idleFlow(new InputCounters("orders")), records(LongStream.range(from, to).toArray()));
  }

  /** Hand-over between four workers, halts and resumes in between: in order, one at a time. */
  @Test
  void executesInOrderWithoutOverlapThroughHaltsAndHandOvers() {
    for (int seed = 0; seed < 300; seed++) {
      executed.clear();
      Random random = new Random(seed);
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger overlaps = new AtomicInteger();
      PartitionLane lane =
          new PartitionLane(
              crew(workers),
              (batch, index, scope) -> {
                if (inside.incrementAndGet() != 1) {
                  overlaps.incrementAndGet();
                }
                executed.add(batch.record(index).offset());
                inside.decrementAndGet();
                return Progress.ENDED;
              });
      long next = 0;
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(5)) {
          case 0 -> lane.halt(true);
          case 1 -> lane.halt(false);
          default -> {
            long to = next + 1 + random.nextInt(5);
            lane.dispatch(batch(next, to));
            next = to;
          }
        }
      }
      lane.halt(false);
      long expected = next;
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> executed.size() == expected && inside.get() == 0);
      assertThat(executed)
          .describedAs("seed %d", seed)
          .isEqualTo(LongStream.range(0, expected).boxed().toList());
      assertThat(overlaps).hasValue(0);
    }
  }

  @Test
  void stopsBetweenTwoRecords() {
    PartitionLane[] self = new PartitionLane[1];
    self[0] =
        new PartitionLane(
            crew(Runnable::run),
            (batch, index, scope) -> {
              executed.add(batch.record(index).offset());
              if (index == 2) {
                self[0].stop();
              }
              return Progress.ENDED;
            });
    self[0].dispatch(batch(0, 10));
    self[0].dispatch(batch(10, 20));
    self[0].halt(false);
    assertThat(executed).containsExactly(0L, 1L, 2L);
  }

  @Test
  void haltKeepsWhatIsLeftForTheResume() {
    PartitionLane[] self = new PartitionLane[1];
    self[0] =
        new PartitionLane(
            crew(Runnable::run),
            (batch, index, scope) -> {
              executed.add(batch.record(index).offset());
              if (batch.record(index).offset() == 4) {
                self[0].halt(true);
              }
              return Progress.ENDED;
            });
    self[0].dispatch(batch(0, 8));
    assertThat(executed).containsExactly(0L, 1L, 2L, 3L, 4L);
    self[0].halt(false);
    assertThat(executed).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }

  /** One slot, and a clock by which each batch takes longer than a turn. */
  @Test
  void yieldsToOtherPartitionsWhenItsTurnIsOver() {
    Queue<Runnable> tasks = new ArrayDeque<>();
    AtomicLong time = new AtomicLong();
    Crew.Workers workers =
        Crew.Workers.of(1, tasks::add, EngineFixtures.NEVER, () -> time.addAndGet(2_000_000));
    PartitionLane first = lane(workers, 0);
    PartitionLane second = lane(workers, 100);
    first.dispatch(batch(0, 2));
    first.dispatch(batch(2, 4));
    second.dispatch(batch(0, 2));
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
    assertThat(executed).containsExactly(0L, 1L, 100L, 101L, 2L, 3L);
  }

  private PartitionLane lane(Crew.Workers workers, long shift) {
    return new PartitionLane(
        workers,
        (batch, index, scope) -> {
          executed.add(batch.record(index).offset() + shift);
          return Progress.ENDED;
        });
  }
}
