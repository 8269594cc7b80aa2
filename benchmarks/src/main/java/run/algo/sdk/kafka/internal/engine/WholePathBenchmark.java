package run.algo.sdk.kafka.internal.engine;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.LogContext;

/**
 * The whole path of a record with the network faked, from the poll to the acknowledgement and the
 * committed frontier, in nanoseconds and (with {@code -prof gc}) bytes a record: the engine's own
 * poll loop, dispatchers and processor with an Algo of bytes to the same bytes, on one thread.
 *
 * <p>Beside it the same clients without an engine. {@link #clients} sends each record on as it is:
 * what it costs is the fakes' own. {@link #bareLoop} writes the protocol's headers, as a loop by
 * hand would. So {@code engine} less {@code bareLoop} is the engine's own, beyond clients, codec
 * and Algo; {@link GrowthBenchmark} says whether that grows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
@OperationsPerInvocation(WholePath.POLL_RECORDS)
public class WholePathBenchmark {

  private static final int KEYS = 1000;

  /** How many sends wait for their acknowledgement; 0 acknowledges each at once. */
  @Param({"0", "500"})
  public int unacknowledged;

  private @Nullable BareTurn clients;
  private @Nullable BareTurn loop;

  private WholePath.Shape shape(Ordering ordering) {
    return new WholePath.Shape(ordering, 1, KEYS, 1, unacknowledged);
  }

  /** The engine, by its order. */
  @State(Scope.Thread)
  public static class Ordered {

    /** The order of execution. */
    @Param({"PARTITION", "KEY", "UNORDERED"})
    public Ordering ordering = Ordering.PARTITION;

    private @Nullable WholePath path;

    /**
     * Makes the engine.
     *
     * @param shared what flows
     */
    @Setup
    public void engine(WholePathBenchmark shared) {
      path = new WholePath(shared.shape(ordering), LogContext.none());
    }

    /** Whether it has done what it is measured for. */
    @TearDown
    public void check() {
      Objects.requireNonNull(path).check();
    }
  }

  /**
   * The engine.
   *
   * @param state the engine
   * @return how many records were acknowledged
   */
  @Benchmark
  public long engine(Ordered state) {
    return Objects.requireNonNull(state.path).turn();
  }

  /** {@return how many records were acknowledged to a loop that writes the same output} */
  @Benchmark
  public long bareLoop() {
    BareTurn known = loop;
    if (known == null) {
      known = new BareTurn(shape(Ordering.PARTITION), true);
      loop = known;
    }
    return known.turn();
  }

  /** {@return how many records were acknowledged to a loop that sends its input on} */
  @Benchmark
  public long clients() {
    BareTurn known = clients;
    if (known == null) {
      known = new BareTurn(shape(Ordering.PARTITION), false);
      clients = known;
    }
    return known.turn();
  }
}
