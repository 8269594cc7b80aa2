package run.algo.sdk.kafka.internal.offsets;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to write what is settled beyond a commit into its metadata, and to read it again,
 * in microseconds and (with {@code -prof gc}) bytes a commit of one partition: so once an interval,
 * and at an assignment. {@link #told} is the look at every record that goes before the encoding.
 * How long the strings are is tested by {@code CommitMetadataTest}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CommitMetadataBenchmark {

  private static final long BASE = 1_000_000_000;

  /** What is in flight, and how much of it is not settled. */
  public enum Pattern {
    /** 10,000, of which 1 % anywhere are not. */
    GAPS(10_000, 0.01),
    /** 20,000, of which half anywhere are not. */
    HALF(20_000, 0.5);

    private final int records;
    private final double unsettled;

    Pattern(int records, double unsettled) {
      this.records = records;
      this.unsettled = unsettled;
    }

    private boolean[] settled() {
      Random random = new Random(7);
      boolean[] settled = new boolean[records];
      Arrays.fill(settled, true);
      for (int i = 0; i < records; i++) {
        settled[i] = random.nextDouble() >= unsettled;
      }
      settled[0] = false;
      return settled;
    }
  }

  /** What is in flight. */
  @Param({"GAPS", "HALF"})
  public Pattern pattern = Pattern.GAPS;

  private final CommitMetadataBuilder builder = new CommitMetadataBuilder();
  private boolean[] settled = {};
  private String metadata = "";

  /** Makes the pattern. */
  @Setup
  public void pattern() {
    settled = pattern.settled();
    metadata = encoded();
  }

  /** {@return the builder, after it was told of all records} */
  @Benchmark
  public CommitMetadataBuilder told() {
    builder.clear();
    for (int i = 0; i < settled.length; i++) {
      if (settled[i]) {
        builder.settled(BASE + i);
      } else {
        builder.unsettled(BASE + i);
      }
    }
    return builder;
  }

  /** {@return the metadata} */
  @Benchmark
  public String encoded() {
    return told().encode(BASE);
  }

  /** {@return what is settled} */
  @Benchmark
  public SettledOffsets decoded() throws MetadataFormatException {
    return CommitMetadata.decode(BASE, metadata);
  }
}
