package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.MetadataFormatException;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Records are settled by several threads while the owner computes commits. Forbidden: a commit, its
 * metadata included, that takes a record for settled which nobody has begun to settle; and at the
 * end a frontier that stands.
 */
class OffsetTrackerRaceTest {

  private static final int SEEDS = 40;
  private static final int RECORDS = 6_000;
  private static final int SETTLERS = 3;

  private final ExecutorService threads = Executors.newFixedThreadPool(SETTLERS);

  /** Which records somebody settles, or has settled. */
  private final AtomicIntegerArray begun = new AtomicIntegerArray(RECORDS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void noCommitIsAheadOfWhatIsSettled() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      round(seed);
    }
  }

  private void round(int seed) throws Exception {
    Random random = new Random(seed);
    PartitionFlow flow = EngineFixtures.idleFlow(new InputCounters("orders"));
    OffsetTracker tracker = new OffsetTracker(SettledOffsets.none(0));
    List<RecordBatch> batchOf = new ArrayList<>();
    List<Integer> indexOf = new ArrayList<>();
    for (int from = 0; from < RECORDS; ) {
      int to = Math.min(RECORDS, from + 1 + random.nextInt(700));
      RecordBatch batch =
          EngineFixtures.batch(flow, EngineFixtures.records(LongStream.range(from, to).toArray()));
      tracker.add(batch);
      for (int i = 0; i < to - from; i++) {
        batchOf.add(batch);
        indexOf.add(i);
      }
      from = to;
    }
    tracker.position(RECORDS, Optional.empty());
    IntStream.range(0, RECORDS).forEach(i -> begun.set(i, 0));
    List<Integer> order = new ArrayList<>(IntStream.range(0, RECORDS).boxed().toList());
    for (int i = 0; i < RECORDS; i += 50) {
      Collections.shuffle(order.subList(i, Math.min(RECORDS, i + 500)), random);
    }
    // Some stay behind, the ends of batches above all.
    List<Integer> late = order.stream().filter(i -> staysBehind(random, batchOf, i)).toList();
    order.removeAll(Set.copyOf(late));
    order.addAll(late);
    CyclicBarrier together = new CyclicBarrier(SETTLERS + 1);
    List<Future<?>> settlers = new ArrayList<>();
    for (int s = 0; s < SETTLERS; s++) {
      int first = s;
      settlers.add(
          threads.submit(
              () -> {
                together.await(10, TimeUnit.SECONDS);
                for (int i = first; i < RECORDS; i += SETTLERS) {
                  int record = order.get(i);
                  if (i % 100 == first) {
                    LockSupport.parkNanos(1); // else all is over before the first look
                  }
                  begun.set(record, 1);
                  batchOf.get(record).settled(indexOf.get(record), Outcome.WRITTEN, 0);
                }
                return null;
              }));
    }
    together.await(10, TimeUnit.SECONDS);
    while (settlers.stream().anyMatch(settler -> !settler.isDone())) {
      check(seed, tracker.commit().orElseThrow());
    }
    for (Future<?> settler : settlers) {
      settler.get();
    }
    assertThat(tracker.commit()).contains(new OffsetAndMetadata(RECORDS, ""));
  }

  private static boolean staysBehind(Random random, List<RecordBatch> batchOf, int record) {
    boolean last = record == RECORDS - 1 || batchOf.get(record + 1) != batchOf.get(record);
    return random.nextInt(last ? 3 : 500) == 0;
  }

  private void check(int seed, OffsetAndMetadata commit) throws MetadataFormatException {
    for (int offset = 0; offset < commit.offset(); offset++) {
      if (begun.get(offset) == 0) {
        throw new AssertionError("seed " + seed + ": " + commit + " is ahead of " + offset);
      }
    }
    CommitMetadata.decode(commit.offset(), commit.metadata())
        .forEachRun(
            commit.offset(),
            (first, last) -> {
              for (long offset = first; offset <= last; offset++) {
                if (begun.get((int) offset) == 0) {
                  throw new AssertionError("seed " + seed + ": metadata tells of " + offset);
                }
              }
            });
  }
}
