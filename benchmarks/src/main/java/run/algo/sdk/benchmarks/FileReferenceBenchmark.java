package run.algo.sdk.benchmarks;

import java.util.Optional;
import java.util.OptionalLong;
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
import run.algo.sdk.spi.FileReference;

/**
 * What it costs to read a file reference from a record's value and to write one, in nanoseconds and
 * (with {@code -prof gc}) bytes each. It is paid by records whose payload lies in storage, beside a
 * request of a millisecond or more.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FileReferenceBenchmark {

  /** Whether size, digest and tag are known, as what the SDK writes has them. */
  @Param({"false", "true"})
  public boolean whole;

  private FileReference reference =
      new FileReference(
          "minio:9000",
          "algorun",
          "pipelines/orders/2026/11/22/orders-3-1000000.csv",
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty());
  private byte[] json = reference.toJson();

  /** Makes the reference. */
  @Setup
  public void reference() {
    if (whole) {
      reference =
          new FileReference(
              reference.host(),
              reference.bucket(),
              reference.file(),
              OptionalLong.of(12_345_678),
              Optional.of("0123456789abcdef".repeat(4)),
              Optional.of("\"9b2cf535f27731c974343645a3985328\""));
    }
    json = reference.toJson();
  }

  /** {@return the reference} */
  @Benchmark
  public FileReference parsed() {
    return FileReference.parse(json);
  }

  /** {@return the JSON} */
  @Benchmark
  public byte[] formatted() {
    return reference.toJson();
  }
}
