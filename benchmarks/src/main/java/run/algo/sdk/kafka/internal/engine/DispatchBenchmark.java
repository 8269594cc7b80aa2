package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
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
import run.algo.sdk.kafka.internal.execute.Progress;

/**
 * What a dispatcher costs by itself, in nanoseconds and (with {@code -prof gc}) bytes a record: a
 * poll's records are handed over and come back executed, by an execution that does nothing, on one
 * thread. {@link #batches} is what it costs to make what is handed over, to be taken off.
 *
 * <p>The rivals are what was rejected: {@link #rivalQueues} has a queue for each key in flight in a
 * {@code ConcurrentHashMap}, and {@link #rivalTasks} makes a task of each record, which is the
 * least that an executor can be given. They know neither a share of the concurrency nor a halt.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@OperationsPerInvocation(EngineParts.BATCH)
public class DispatchBenchmark {

  private static final int POLLS = 200;

  /** How many different keys the records have. */
  @Param({"10", "1000", "100000"})
  public int keys = 10;

  private final PartitionFlow flow = EngineParts.flow(EngineParts.route(), new IdleDispatcher());
  private final List<List<ConsumerRecord<byte[], byte[]>>> polls = new ArrayList<>();
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private int turn;
  private long executed;

  private final Dispatcher partition = dispatcher(Ordering.PARTITION);
  private final Dispatcher key = dispatcher(Ordering.KEY);
  private final Dispatcher unordered = dispatcher(Ordering.UNORDERED);
  private final Dispatcher form = batchForm();
  private final ConcurrentHashMap<Key, Queue<ConsumerRecord<byte[], byte[]>>> queues =
      new ConcurrentHashMap<>();

  private Dispatcher dispatcher(Ordering ordering) {
    return EngineParts.dispatcher(
        ordering,
        ready::add,
        (batch, index, scope) -> {
          executed += batch.record(index).offset();
          return Progress.ENDED;
        });
  }

  private Dispatcher batchForm() {
    return EngineParts.batchDispatcher(
        ready::add,
        (entries, scope) -> {
          entries.forEach(entry -> executed += entry.record().offset());
          return Progress.ENDED;
        });
  }

  /** Makes what is read. */
  @Setup
  public void records() {
    polls.clear();
    for (int i = 0; i < POLLS; i++) {
      polls.add(EngineParts.records(keys, 200, (long) i * EngineParts.BATCH));
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> poll() {
    turn = turn + 1 == POLLS ? 0 : turn + 1;
    return polls.get(turn);
  }

  private long dispatch(Dispatcher dispatcher) {
    dispatcher.dispatch(new RecordBatch(flow, poll(), 0));
    return run();
  }

  private long run() {
    for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
      task.run();
    }
    return executed;
  }

  /** {@return a batch, made and not used} */
  @Benchmark
  public Object batches() {
    return new RecordBatch(flow, poll(), 0);
  }

  /** {@return what was executed in the order of the partition} */
  @Benchmark
  public long partition() {
    return dispatch(partition);
  }

  /** {@return what was executed in the order of keys} */
  @Benchmark
  public long key() {
    return dispatch(key);
  }

  /** {@return what was executed in any order} */
  @Benchmark
  public long unordered() {
    return dispatch(unordered);
  }

  /** {@return what was executed in the order of the partition, in batches of 100} */
  @Benchmark
  public long partitionInBatches() {
    return dispatch(form);
  }

  /**
   * The same where ten polls wait at once.
   *
   * @return what was executed
   */
  @Benchmark
  @OperationsPerInvocation(10 * EngineParts.BATCH)
  public long partitionInBatchesWithBacklog() {
    for (int i = 0; i < 10; i++) {
      form.dispatch(new RecordBatch(flow, poll(), 0));
    }
    return run();
  }

  /** {@return what was executed in the order of keys, by a queue each} */
  @Benchmark
  public long rivalQueues() {
    for (ConsumerRecord<byte[], byte[]> record : poll()) {
      queues.compute(new Key(record.key()), (key, queue) -> appended(key, queue, record));
    }
    return run();
  }

  private Queue<ConsumerRecord<byte[], byte[]>> appended(
      Key key,
      @Nullable Queue<ConsumerRecord<byte[], byte[]>> queue,
      ConsumerRecord<byte[], byte[]> record) {
    Queue<ConsumerRecord<byte[], byte[]>> known = queue;
    if (known == null) {
      known = new ConcurrentLinkedQueue<>();
      ready.add(() -> drain(key));
    }
    known.add(record);
    return known;
  }

  private void drain(Key key) {
    Queue<ConsumerRecord<byte[], byte[]>> queue = Objects.requireNonNull(queues.get(key));
    do {
      ConsumerRecord<byte[], byte[]> record = queue.poll();
      if (record != null) {
        executed += record.offset();
      }
    } while (queues.computeIfPresent(key, (any, rest) -> rest.isEmpty() ? null : rest) != null);
  }

  /** {@return what was executed in any order, by a task a record} */
  @Benchmark
  public long rivalTasks() {
    for (ConsumerRecord<byte[], byte[]> record : poll()) {
      ready.add(() -> executed += record.offset());
    }
    return run();
  }

  /** A record's key as a map needs it. */
  private static final class Key {
    private final byte[] bytes;
    private final int hash;

    Key(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }
  }
}
