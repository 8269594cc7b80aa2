package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.idleFlow;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.records;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.observe.InputCounters;

class BatchAssemblerTest {

  private static final int BATCH_SIZE = 10;

  private final Queue<Runnable> ready = new ArrayDeque<>();
  private final List<List<Long>> executed = new ArrayList<>();
  private final BatchAssembler assembler =
      new BatchAssembler(
          Crew.Workers.of(4, ready::add, EngineFixtures.NEVER, MonotonicClock.SYSTEM),
          EngineFixtures.NEVER,
          (entries, scope) -> {
            executed.add(entries.stream().map(entry -> entry.record().offset()).toList());
            return Progress.ENDED;
          },
          new EnginePlan.Execution(Ordering.PARTITION, 4, BATCH_SIZE, Duration.ofMillis(20)));
  private final BatchDispatcher partition = new BatchDispatcher(assembler);

  private static RecordBatch batch(long from, long to) {
    return EngineFixtures.batch(
        idleFlow(new InputCounters("orders")), records(LongStream.range(from, to).toArray()));
  }

  private void runOne() {
    Runnable task = ready.poll();
    if (task != null) {
      task.run();
    }
  }

  /** A backlog behind a running batch comes in its order, in full batches, each record once. */
  @Test
  void aBacklogIsTakenFromItsFrontBatchByBatch() {
    for (int i = 0; i < 100; i++) {
      partition.dispatch(batch(i * 25L, i * 25L + 25));
    }
    while (!ready.isEmpty()) {
      runOne();
    }
    assertThat(executed).hasSize(250).allSatisfy(each -> assertThat(each).hasSize(BATCH_SIZE));
    assertThat(executed.stream().flatMap(List::stream).toList())
        .isEqualTo(LongStream.range(0, 2500).boxed().toList());
  }

  /** What a halted partition keeps comes back ahead of what has come meanwhile. */
  @Test
  void haltsInBetweenChangeNoOrder() {
    for (int seed = 0; seed < 300; seed++) {
      executed.clear();
      Random random = new Random(seed);
      long next = 0;
      for (int step = 0; step < 80; step++) {
        switch (random.nextInt(6)) {
          case 0 -> partition.halt(true);
          case 1 -> partition.halt(false);
          case 2, 3 -> runOne();
          default -> {
            long to = next + 1 + random.nextInt(25);
            partition.dispatch(batch(next, to));
            next = to;
          }
        }
      }
      partition.halt(false);
      fill(next);
      long expected = next + BATCH_SIZE - next % BATCH_SIZE;
      assertThat(executed.stream().flatMap(List::stream).toList())
          .as("seed %s", seed)
          .isEqualTo(LongStream.range(0, expected).boxed().toList());
    }
  }

  /** Ends the batch that would linger, as there is no timer here. */
  private void fill(long next) {
    partition.dispatch(batch(next, next + BATCH_SIZE - next % BATCH_SIZE));
    while (!ready.isEmpty()) {
      runOne();
    }
  }

  /** Whatever comes late is between what it belongs between. */
  @Test
  void aScopesQueueGivesOutByOffsetHoweverItsRecordsCame() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      RecordBatch all = batch(0, 200);
      ScopeQueue queue = new ScopeQueue();
      ScopeQueue other = new ScopeQueue();
      PriorityQueue<Long> expected = new PriorityQueue<>();
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        order.add(random.nextInt(4) == 0 ? random.nextInt(order.size() + 1) : order.size(), i);
      }
      for (int index : order) {
        BatchAssembler.Item item = new BatchAssembler.Item(partition, all, index, partition);
        (random.nextInt(5) == 0 ? other : queue).add(item);
        expected.add(item.offset());
        if (random.nextInt(3) == 0) {
          queue.addAll(other);
          BatchAssembler.Item first = queue.poll();
          assertThat(first == null ? null : first.offset()).isEqualTo(expected.poll());
        }
      }
      queue.addAll(other);
      while (!expected.isEmpty()) {
        BatchAssembler.Item first = queue.poll();
        assertThat(first == null ? null : first.offset()).isEqualTo(expected.poll());
      }
      assertThat(queue.poll()).isNull();
    }
  }
}
