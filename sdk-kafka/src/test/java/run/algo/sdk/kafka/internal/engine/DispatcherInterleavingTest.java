package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.P0;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.TOPIC;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;
import run.algo.sdk.spi.RetryState;

/**
 * The hand-over of records between the owner thread and workers, under many seeded interleavings of
 * real threads: executions that end at once, that take a moment, that go on without a thread, and
 * that fail and are made again, some without any wait, so that the timer meets the worker that has
 * set it; halts and resumes in between. Forbidden: a record executed more or less often than it
 * fails, two of one scope at once or out of order, more at once than there are slots.
 */
class DispatcherInterleavingTest {

  private static final int SLOTS = 3;
  private static final int ROUNDS = 150;

  private final ExecutorService threads = Executors.newFixedThreadPool(6);
  private final ExecutorService others = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    timer.shutdownNow();
    threads.shutdownNow();
    others.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(Ordering.class)
  void everyRecordOnceInOrderOneAtATime(Ordering ordering) {
    for (int seed = 0; seed < ROUNDS; seed++) {
      new Round(ordering, seed).run();
    }
  }

  /** One seed's run. */
  private final class Round {
    private final Ordering ordering;
    private final int seed;
    private final Random random;
    private final PartitionFlow flow = EngineFixtures.idleFlow(new InputCounters(TOPIC));
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger executed = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> forbidden = new ConcurrentLinkedQueue<>();
    private final Map<Object, Long> lastOfScope = new ConcurrentHashMap<>();
    private final Map<Long, Integer> begun = new ConcurrentHashMap<>();
    private final Map<Object, AtomicInteger> inScope = new ConcurrentHashMap<>();
    private final Dispatcher dispatcher;
    private final int keys;
    private long next;

    Round(Ordering ordering, int seed) {
      this.ordering = ordering;
      this.seed = seed;
      this.random = new Random(seed);
      this.keys = 1 + random.nextInt(200);
      Crew.Workers workers =
          Crew.Workers.of(
              SLOTS, threads, new ScheduledTimers(timer, threads), MonotonicClock.SYSTEM);
      EnginePlan.Share share = new EnginePlan.Share(1 + random.nextInt(SLOTS), SLOTS);
      this.dispatcher =
          switch (ordering) {
            case PARTITION -> new PartitionLane(workers, this::execute);
            case KEY -> new KeyDispatcher(workers, this::execute, share);
            case UNORDERED -> new UnorderedDispatcher(workers, this::execute, share);
          };
    }

    void run() {
      for (int step = 0; step < 40; step++) {
        switch (random.nextInt(6)) {
          case 0 -> dispatcher.halt(true);
          case 1 -> dispatcher.halt(false);
          default -> dispatcher.dispatch(batch());
        }
      }
      dispatcher.halt(false);
      await(ordering + ", seed " + seed)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> (executed.get() == next && running.get() == 0) || !forbidden.isEmpty());
      assertThat(forbidden).describedAs("%s, seed %d", ordering, seed).isEmpty();
      assertThat(executed).describedAs("%s, seed %d", ordering, seed).hasValue((int) next);
    }

    private RecordBatch batch() {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      int count = 1 + random.nextInt(40);
      for (int i = 0; i < count; i++) {
        byte @Nullable [] key =
            random.nextInt(10) == 0 ? null : ("k" + random.nextInt(keys)).getBytes(UTF_8);
        records.add(new ConsumerRecord<>(TOPIC, P0.partition(), next++, key, new byte[0]));
      }
      RecordBatch batch = EngineFixtures.batch(flow, records);
      return batch;
    }

    private Progress execute(RecordBatch batch, int index, Scope waiting) {
      ConsumerRecord<byte[], byte[]> record = batch.record(index);
      Object scope = scope(record);
      enter(scope, record.offset());
      int kind = (int) ((record.offset() * 31 + seed) % 7);
      if (kind == 0) {
        others.execute(() -> waiting.resume(() -> end(scope, batch, index), 0));
        return Progress.PENDING;
      }
      if (kind == 1) {
        Thread.onSpinWait();
      }
      end(scope, batch, index);
      return Progress.ENDED;
    }

    private void end(Object scope, RecordBatch batch, int index) {
      long offset = batch.offset(index);
      Tries before = batch.tries(index);
      int failures = before == null ? 0 : before.executions();
      leave(scope);
      if (failures < failures(offset)) {
        Tries next = new Tries(failures + 1, new RetryState.After(1, failures + 1));
        batch.again(index, next, Duration.ofNanos((offset + failures) % 3 * 20_000));
      } else {
        executed.incrementAndGet();
        batch.settled(index, Outcome.FILTERED, 0);
      }
    }

    /** How often a record fails. */
    private int failures(long offset) {
      return offset % 4 == 0 ? (int) ((offset / 4 + seed) % 4) : 0;
    }

    private void enter(Object scope, long offset) {
      int at = running.incrementAndGet();
      if (at > SLOTS) {
        forbidden.add(at + " at once");
      }
      if (inScope.computeIfAbsent(scope, s -> new AtomicInteger()).incrementAndGet() > 1) {
        forbidden.add("two of scope " + scope + " at once, " + offset);
      }
      Long before = lastOfScope.put(scope, offset);
      if (before != null && before > offset) {
        forbidden.add(offset + " of scope " + scope + " after " + before);
      }
      int times = begun.merge(offset, 1, Integer::sum);
      if (times > failures(offset) + 1) {
        forbidden.add(offset + " for the time " + times);
      }
    }

    private void leave(Object scope) {
      inScope.get(scope).decrementAndGet();
      running.decrementAndGet();
    }

    private Object scope(ConsumerRecord<byte[], byte[]> record) {
      return switch (ordering) {
        case PARTITION -> "partition";
        case KEY -> record.key() == null ? "null" : new String(record.key(), UTF_8);
        case UNORDERED -> record.offset();
      };
    }
  }
}
