package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.TOPIC;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The hand-over of a lane, with its threads held up at its races: a worker around its last look for
 * a successor, the owner after it has linked one. Meanwhile the owner appends and other workers run
 * the lane, as often as the seed will have it. On one thread, so a seed replays.
 */
class KeyLaneTest {

  private static final int SEEDS = 3_000;

  @Test
  void everyRecordOnceHoweverLongAWorkerIsHeldUp() {
    for (int seed = 0; seed < SEEDS; seed++) {
      HeldUpWorkers world = new HeldUpWorkers(seed);
      world.run();
      assertThat(world.executed)
          .describedAs("seed %d", seed)
          .isEqualTo(LongStream.range(0, world.appended).boxed().toList());
    }
  }

  /** Its lane stays in the table; what it has executed must not stay, nor what came after it. */
  @Test
  void aKeyThatCameOnceKeepsNoBatch() {
    KeyDispatcher dispatcher =
        new KeyDispatcher(
            Crew.Workers.of(1, Runnable::run, EngineFixtures.NEVER, () -> 0),
            (batch, index, scope) -> {
              batch.settled(index, Outcome.FILTERED, 0);
              return Progress.ENDED;
            },
            EnginePlan.Share.of(1));
    PartitionFlow flow = EngineFixtures.idleFlow(new InputCounters(TOPIC));
    List<WeakReference<RecordBatch>> batches = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String key = i == 0 ? "rare" : "often";
      RecordBatch batch =
          EngineFixtures.batch(
              flow, List.of(record(2L * i, key), record(2L * i + 1, i % 2 == 0 ? "even" : "odd")));
      dispatcher.dispatch(batch);
      batches.add(new WeakReference<>(batch));
    }
    await("all batches are let go of")
        .until(
            () -> {
              System.gc();
              return batches.stream().allMatch(batch -> batch.get() == null);
            });
    assertThat(dispatcher.waiting()).isFalse();
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, String key) {
    return new ConsumerRecord<>(TOPIC, 0, offset, key.getBytes(UTF_8), new byte[0]);
  }

  /** One lane, its owner, and workers that are nested in each other's hold-ups. */
  private static final class HeldUpWorkers {
    private static final int DEEPEST = 6;

    private final Random random;
    private final PartitionFlow flow = EngineFixtures.idleFlow(new InputCounters(TOPIC));
    private final Deque<KeyLane> ready = new ArrayDeque<>();
    private final List<Long> executed = new ArrayList<>();
    private final KeyLane lane;
    private long appended;
    private int depth;
    private boolean appending;

    HeldUpWorkers(int seed) {
      this.random = new Random(seed);
      Crew.Workers workers = Crew.Workers.of(1, Runnable::run, EngineFixtures.NEVER, () -> 0);
      KeyDispatcher unused =
          new KeyDispatcher(
              workers, (batch, index, scope) -> Progress.ENDED, EnginePlan.Share.of(1));
      this.lane =
          new KeyLane(unused) {
            @Override
            void heldUp() {
              others();
            }
          };
      lane.use("k".getBytes(UTF_8), 1);
    }

    void run() {
      for (int i = 0; i < 20; i++) {
        others();
      }
      while (!ready.isEmpty()) {
        work();
      }
    }

    /** What happens while a worker stands. */
    private void others() {
      if (depth >= DEEPEST) {
        return;
      }
      depth++;
      for (int i = random.nextInt(4); i > 0; i--) {
        if (!appending && random.nextBoolean()) {
          append();
        } else {
          work();
        }
      }
      depth--;
    }

    private void append() {
      RecordBatch batch =
          EngineFixtures.batch(
              flow,
              List.of(new ConsumerRecord<>(TOPIC, 0, appended++, new byte[] {1}, new byte[0])));
      batch.linkable();
      appending = true; // there is but one owner: held up, it appends nothing else
      boolean makeReady = lane.append(batch, 0);
      appending = false;
      if (makeReady) {
        ready.add(lane);
      }
    }

    private void work() {
      KeyLane mine = ready.poll();
      if (mine == null) {
        return;
      }
      do {
        mine.batch().begin(mine.index());
        executed.add(mine.batch().offset(mine.index()));
      } while (mine.advance());
    }
  }
}
