package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
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
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.DueTime;
import run.algo.sdk.kafka.internal.record.SteadyClock;

/**
 * What it costs that a record waits for its due time, in nanoseconds and (with {@code -prof gc})
 * bytes a record, by how many wait: the way into a {@link DueHeap} and out of it, and through the
 * whole gate of a retry topic, from the header to the hand-over and the outcome. Due times are
 * random, so that each record has another place in the heap.
 *
 * <p>{@link #rivalQueue} is what was rejected for the heap: {@code PriorityQueue} with an entry a
 * record. {@link #records} is what is made for {@link #gate}, to be taken off.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@OperationsPerInvocation(EngineParts.BATCH)
public class DueBenchmark {

  private static final long SECOND = 1_000_000_000;
  private static final long START = 1_700_000_000_000L;

  /** How many wait. */
  @Param({"1000", "100000", "1000000"})
  public int waiting;

  private final Random random = new Random(7);
  private final long[] dues = new long[1 << 16];
  private int next;
  private long now;
  private long offset;

  private DueHeap heap = new DueHeap();
  private final PriorityQueue<Entry> queue = new PriorityQueue<>();
  private final PartitionFlow idle = EngineParts.flow(EngineParts.route(), new IdleDispatcher());
  private final RecordBatch batch = new RecordBatch(idle, EngineParts.records(1000, 200), 0);

  /** An entry of the rival. */
  private record Entry(long due, RecordBatch batch, int index) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      return due != other.due
          ? Long.compare(due, other.due)
          : Long.compare(batch.offset(index), other.batch.offset(other.index));
    }
  }

  /** Fills the heap and the rival. */
  @Setup
  public void fill() {
    for (int i = 0; i < dues.length; i++) {
      dues[i] = random.nextLong(SECOND);
    }
    heap = new DueHeap();
    queue.clear();
    for (int i = 0; i < waiting; i++) {
      heap.add(due(0), batch, i % EngineParts.BATCH);
      queue.add(new Entry(due(0), batch, i % EngineParts.BATCH));
    }
  }

  /** As far after the first that waits as any other. */
  private long due(long first) {
    next = (next + 1) & (dues.length - 1);
    return first + dues[next];
  }

  /** {@return when the last that was taken is due} */
  @Benchmark
  public long heap() {
    long due = 0;
    for (int i = 0; i < EngineParts.BATCH; i++) {
      due = heap.due();
      RecordBatch taken = heap.batch();
      int index = heap.index();
      heap.remove();
      heap.add(due(due), taken, index);
    }
    return due;
  }

  /** {@return when the last that was taken is due} */
  @Benchmark
  public long rivalQueue() {
    long due = 0;
    for (int i = 0; i < EngineParts.BATCH; i++) {
      Entry entry = queue.remove();
      due = entry.due();
      queue.add(new Entry(due(due), entry.batch(), entry.index()));
    }
    return due;
  }

  private List<ConsumerRecord<byte[], byte[]>> poll() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(EngineParts.BATCH);
    long millis = now / 1_000_000;
    long spread = Math.max(1, waiting * 2L * 1000 / EngineParts.BATCH); // a poll is a second
    for (int i = 0; i < EngineParts.BATCH; i++) {
      RecordHeaders headers = EngineParts.headers();
      long due = START + millis + due(0) % spread;
      headers.add(DueTime.MILLIS, Long.toString(due).getBytes(UTF_8));
      records.add(
          new ConsumerRecord<>(
              EngineParts.TOPIC,
              0,
              offset++,
              START + millis,
              TimestampType.CREATE_TIME,
              0,
              8,
              null,
              new byte[8],
              headers,
              Optional.of(1)));
    }
    return records;
  }

  /** {@return records as a poll brings them, made and not used} */
  @Benchmark
  public Object records() {
    now += SECOND;
    return new RecordBatch(idle, poll(), 0);
  }

  /** The gate, in time of its own. */
  @State(Scope.Thread)
  public static class Gate {
    private final ArrayDeque<RecordBatch> batches = new ArrayDeque<>();
    private final int[] indexes = new int[1024];
    private int taken;
    private int settled;
    private final PriorityQueue<Timed> timers =
        new PriorityQueue<>(Comparator.comparingLong(Timed::due));
    private long now;
    private long executed;
    private long frontier;
    private PartitionFlow flow = flow();

    private record Timed(long due, Runnable task) {}

    /**
     * Makes the gate, and lets it fill.
     *
     * @param shared makes records
     */
    @Setup
    public void fill(DueBenchmark shared) {
      flow = flow();
      for (int i = 0; i < 4 * shared.waiting / EngineParts.BATCH; i++) {
        shared.turn(this);
      }
    }

    private PartitionFlow flow() {
      DueGate gate =
          DueGate.inMemory(
              new EnginePlan.Execution(Ordering.KEY, 4, 1, Duration.ZERO),
              (delay, task) -> timers.add(new Timed(now + delay.toNanos(), task)),
              new SteadyClock(START, () -> now),
              new RateLimit(Duration.ofDays(1), System::nanoTime));
      return EngineParts.flow(EngineParts.retries(), new DueDispatcher(gate, new Taker(), false));
    }

    private void tick(long time) {
      now = time;
      for (Timed first = timers.peek(); first != null && first.due() <= now; ) {
        timers.remove().task().run();
        first = timers.peek();
      }
    }

    private void settle() {
      for (RecordBatch batch = batches.poll(); batch != null; batch = batches.poll()) {
        int index = indexes[settled++ & (indexes.length - 1)];
        batch.begin(index);
        batch.settle(index, 0);
        executed++;
      }
    }

    /** Takes what is due. */
    private final class Taker extends IdleDispatcher implements SingleDispatcher {
      @Override
      public void dispatch(RecordBatch batch, int index) {
        batches.add(batch);
        indexes[taken++ & (indexes.length - 1)] = index;
      }
    }
  }

  /**
   * The whole gate.
   *
   * @param gate the gate
   * @return how many records were executed
   */
  @Benchmark
  public long gate(Gate gate) {
    turn(gate);
    if (gate.executed == 0 || gate.frontier == 0) {
      throw new IllegalStateException("nothing was due");
    }
    return gate.executed;
  }

  private void turn(Gate gate) {
    now += SECOND;
    gate.tick(now);
    gate.settle();
    gate.flow.accept(poll());
    gate.settle();
    gate.frontier = gate.flow.firstUnsettled();
  }
}
