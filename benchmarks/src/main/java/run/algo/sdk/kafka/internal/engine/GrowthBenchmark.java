package run.algo.sdk.kafka.internal.engine;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Whether a record costs more where there is more of everything: as {@link WholePathBenchmark}, by
 * the number of partitions, of keys, and of records in flight. {@link Turns#engine} is to be read
 * beside {@link Turns#bareLoop}, which is the same clients without an engine: memory that is used
 * by more is slower for it, too.
 */
public class GrowthBenchmark {

  private static final int KEYS = 1000;
  private static final int PARTITIONS = 16;
  private static final int IN_FLIGHT = 1000;

  /** What is the same for all. */
  @State(Scope.Thread)
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  @Warmup(iterations = 5, time = 1)
  @Measurement(iterations = 5, time = 1)
  @Fork(
      value = 2,
      jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
  @OperationsPerInvocation(WholePath.POLL_RECORDS)
  public abstract static class Turns {

    private @Nullable WholePath path;
    private @Nullable BareTurn loop;

    abstract WholePath.Shape shape();

    /** Forgets what another benchmark of the class has made. */
    @Setup(Level.Trial)
    public void forget() {
      path = null;
      loop = null;
    }

    /**
     * The engine.
     *
     * @return how many records were acknowledged
     */
    @Benchmark
    public long engine() {
      WholePath known = path;
      if (known == null) {
        known = new WholePath(shape(), LogContext.none());
        path = known;
      }
      return known.turn();
    }

    /** {@return how many records were acknowledged to a loop that writes the same output} */
    @Benchmark
    public long bareLoop() {
      BareTurn known = loop;
      if (known == null) {
        known = new BareTurn(shape(), true);
        loop = known;
      }
      return known.turn();
    }

    /** Whether the engine has done what it is measured for. */
    @TearDown
    public void check() {
      if (path != null) {
        path.check();
      }
    }
  }

  /** By the number of partitions. */
  public static class Partitions extends Turns {

    /** How many are assigned. */
    @Param({"1", "4", "16", "64", "256"})
    public int partitions;

    /**
     * Of how many of them a poll brings records. A backlog comes from one after the other; where
     * records are read as they are written it may be all of them.
     */
    @Param("1")
    public int spread;

    /** The order of execution. */
    @Param("PARTITION")
    public Ordering ordering = Ordering.PARTITION;

    @Override
    WholePath.Shape shape() {
      return new WholePath.Shape(ordering, partitions, KEYS, spread, IN_FLIGHT);
    }
  }

  /** By the number of keys. */
  public static class Keys extends Turns {

    /** How many there are. */
    @Param({"10", "1000", "100000", "1000000"})
    public int keys;

    @Override
    WholePath.Shape shape() {
      return new WholePath.Shape(Ordering.KEY, PARTITIONS, keys, 1, IN_FLIGHT);
    }
  }

  /** By how many records are in flight, of 16 partitions. */
  public static class InFlight extends Turns {

    /** How many sends wait for their acknowledgement. */
    @Param({"100", "1000", "10000", "100000"})
    public int inFlight;

    /** Of how many partitions a poll brings records. */
    @Param("1")
    public int spread;

    /** The order of execution. */
    @Param("KEY")
    public Ordering ordering = Ordering.KEY;

    @Override
    WholePath.Shape shape() {
      return new WholePath.Shape(ordering, PARTITIONS, KEYS, spread, inFlight);
    }
  }
}
