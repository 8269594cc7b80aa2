package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/**
 * What it costs to know how far a partition may be committed, in nanoseconds and (with {@code -prof
 * gc}) bytes a record: 10,000 records are read in 20 batches and settled, and after each 500 of
 * them the frontier is asked for, as the owner thread does once a turn.
 *
 * <p>{@link #tracker} is {@link RecordBatch} and {@link OffsetTracker}. Its batches are more than
 * its own: they are also what is dispatched and executed; {@link #batches} is what it costs to make
 * them, which is all of the tracker's memory. The others are what was rejected: sets of the offsets
 * that are open, as loops by hand and Parallel Consumer have them, a map of the offsets that are
 * done, and a set of bits. None of the rivals is safe for several threads but the skip list, while
 * the tracker is.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@OperationsPerInvocation(TrackerBenchmark.RECORDS)
public class TrackerBenchmark {

  static final int BATCHES = 20;
  static final int RECORDS = BATCHES * EngineParts.BATCH;

  /** In which order records are settled. */
  public enum Order {
    /** As they were read. */
    IN_ORDER,
    /** As they were read, but that each hundredth is last. */
    GAPS,
    /** In any. */
    RANDOM
  }

  /** In which order records are settled. */
  @Param({"IN_ORDER", "GAPS", "RANDOM"})
  public Order order = Order.IN_ORDER;

  private final PartitionFlow flow = EngineParts.flow(EngineParts.route(), new IdleDispatcher());
  private final List<List<ConsumerRecord<byte[], byte[]>>> polls = new ArrayList<>();
  private int[] places = {};

  private final OffsetTracker tracker = new OffsetTracker(SettledOffsets.none(0));
  private final RecordBatch[] batches = new RecordBatch[BATCHES];
  private final NavigableSet<Long> tree = new TreeSet<>();
  private final NavigableSet<Long> skipList = new ConcurrentSkipListSet<>();
  private final Map<Long, Boolean> map = new HashMap<>();
  private final BitSet bits = new BitSet();

  /** Makes what is read, and the order in which it is settled. */
  @Setup
  public void records() {
    polls.clear();
    for (int i = 0; i < BATCHES; i++) {
      polls.add(EngineParts.records(1000, 200, (long) i * EngineParts.BATCH));
    }
    places = places();
  }

  private int[] places() {
    int[] all = new int[RECORDS];
    int next = 0;
    for (int i = 0; i < RECORDS; i++) {
      if (order != Order.GAPS || i % 100 != 0) {
        all[next++] = i;
      }
    }
    for (int i = 0; next < RECORDS; i += 100) {
      all[next++] = i;
    }
    Random random = new Random(7);
    for (int i = RECORDS - 1; order == Order.RANDOM && i > 0; i--) {
      int other = random.nextInt(i + 1);
      int place = all[i];
      all[i] = all[other];
      all[other] = place;
    }
    return all;
  }

  private void read() {
    for (int i = 0; i < BATCHES; i++) {
      batches[i] = new RecordBatch(flow, polls.get(i), 0);
    }
  }

  private static boolean asks(int settled) {
    return settled % EngineParts.BATCH == 0;
  }

  /** {@return the batches, made and not used} */
  @Benchmark
  public Object batches() {
    read();
    return batches;
  }

  /** {@return the frontiers, all added up} */
  @Benchmark
  public long tracker() {
    read();
    for (RecordBatch batch : batches) {
      tracker.add(batch);
    }
    tracker.position(RECORDS, batches[0].leaderEpoch());
    long sum = 0;
    for (int i = 0; i < RECORDS; i++) {
      int place = places[i];
      batches[place / EngineParts.BATCH].settle(place % EngineParts.BATCH, 0);
      if (asks(i + 1)) {
        sum += tracker.frontier();
      }
    }
    return sum;
  }

  /** {@return the frontiers, all added up} */
  @Benchmark
  public long rivalTreeSet() {
    return open(tree);
  }

  /** {@return the frontiers, all added up} */
  @Benchmark
  public long rivalSkipList() {
    return open(skipList);
  }

  private long open(NavigableSet<Long> open) {
    for (long offset = 0; offset < RECORDS; offset++) {
      open.add(offset);
    }
    long sum = 0;
    for (int i = 0; i < RECORDS; i++) {
      open.remove((long) places[i]);
      if (asks(i + 1)) {
        sum += open.isEmpty() ? RECORDS : open.first();
      }
    }
    return sum;
  }

  /** {@return the frontiers, all added up} */
  @Benchmark
  public long rivalHashMap() {
    for (long offset = 0; offset < RECORDS; offset++) {
      map.put(offset, false);
    }
    long sum = 0;
    long frontier = 0;
    for (int i = 0; i < RECORDS; i++) {
      map.put((long) places[i], true);
      if (asks(i + 1)) {
        while (map.getOrDefault(frontier, false)) {
          map.remove(frontier++);
        }
        sum += frontier;
      }
    }
    return sum;
  }

  /** {@return the frontiers, all added up} */
  @Benchmark
  public long rivalBitSet() {
    long sum = 0;
    for (int i = 0; i < RECORDS; i++) {
      bits.set(places[i]);
      if (asks(i + 1)) {
        sum += bits.nextClearBit(0);
      }
    }
    bits.clear();
    return sum;
  }
}
