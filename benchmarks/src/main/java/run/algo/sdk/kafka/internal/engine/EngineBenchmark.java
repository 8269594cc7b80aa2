package run.algo.sdk.kafka.internal.engine;

import java.util.List;
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
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The per-record path in its parts, in nanoseconds and (with {@code -prof gc}) bytes a record, on
 * one thread: so it shows the work itself, and neither hand-over between threads nor contention.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@OperationsPerInvocation(EngineParts.BATCH)
public class EngineBenchmark {

  private final Route route = EngineParts.route();
  private final RecordProcessor processor = EngineParts.processor();
  private final PartitionFlow idle = EngineParts.flow(route, new Nothing());

  private final OffsetTracker tracker = new OffsetTracker(SettledOffsets.none(0));

  private final List<ConsumerRecord<byte[], byte[]>> records = EngineParts.records(1000, 200);

  /** What the whole path is measured in. */
  @State(Scope.Thread)
  public static class Ordered {

    /** The order of execution. */
    @Param({"partition", "key", "unordered"})
    public String ordering = "partition";

    private @Nullable PartitionFlow settling;
    private @Nullable PartitionFlow executing;

    /**
     * Makes a flow that settles each record at once, and one that takes it the whole way.
     *
     * @param shared the route and the processor
     */
    @Setup
    public void flows(EngineBenchmark shared) {
      Ordering order =
          switch (ordering) {
            case "key" -> Ordering.KEY;
            case "unordered" -> Ordering.UNORDERED;
            default -> Ordering.PARTITION;
          };
      settling =
          EngineParts.flow(
              shared.route,
              EngineParts.dispatcher(
                  order,
                  (batch, index, scope) -> {
                    batch.settled(index, Outcome.FILTERED, 0);
                    return Progress.ENDED;
                  }));
      executing =
          EngineParts.flow(
              shared.route,
              EngineParts.dispatcher(
                  order,
                  (batch, index, scope) ->
                      shared.processor.process(
                          shared.route, batch.record(index), batch, index, scope)));
    }
  }

  /** {@return the frontier after a batch was tracked, begun, settled and passed} */
  @Benchmark
  public long tracker() {
    RecordBatch batch = new RecordBatch(idle, records, 0);
    tracker.add(batch);
    tracker.position(EngineParts.BATCH, batch.leaderEpoch());
    for (int i = 0; i < EngineParts.BATCH; i++) {
      batch.begin(i);
      batch.settle(i, 0);
    }
    return tracker.frontier();
  }

  /** Counts an outcome and what it took: the metrics of a settled record. */
  @Benchmark
  public void metrics() {
    for (int i = 0; i < EngineParts.BATCH; i++) {
      route.counters().settled(Outcome.WRITTEN, 200, 200, i);
    }
  }

  /**
   * Accept, dispatch, settle, frontier.
   *
   * @param state the flows
   * @return what is left in flight
   */
  @Benchmark
  public int dispatch(Ordered state) {
    return take(state.settling);
  }

  /**
   * The whole path with the network faked: headers, decode, Algo, encode, send, acknowledge.
   *
   * @param state the flows
   * @return what is left in flight
   */
  @Benchmark
  public int wholePath(Ordered state) {
    return take(state.executing);
  }

  private int take(@Nullable PartitionFlow flow) {
    if (flow == null) {
      throw new IllegalStateException("not set up");
    }
    flow.accept(records);
    flow.toCommit();
    flow.count(0);
    return flow.inFlight();
  }

  /** Executes nothing. */
  private static final class Nothing implements Dispatcher {
    @Override
    public void dispatch(RecordBatch batch) {
      // the benchmark settles
    }

    @Override
    public void halt(boolean now) {
      // nothing runs
    }

    @Override
    public void pause(boolean now) {
      // nothing runs
    }

    @Override
    public void stop() {
      // nothing runs
    }

    @Override
    public void limit(EnginePlan.Share share) {
      // nothing runs
    }
  }
}
