package run.algo.sdk.kafka.internal.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * What it costs to count a record that was read, executed, written and settled, in nanoseconds and
 * (with {@code -prof gc}) bytes a record, the looks at the clock included, which {@link #clock} is
 * by itself.
 *
 * <p>The rivals count the same with Micrometer: two timers with the buckets of the histograms, and
 * six counters. {@link #rivalHeldMeters} keeps its meters, {@link #rivalLookedUpMeters} asks the
 * registry for them by name and tags for each record, as code with tags that vary does.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MetricsBenchmark {

  private static final int BYTES = 200;

  private final InputCounters input = new InputCounters("orders");
  private final OutputCounters output = new OutputCounters("results");

  private final MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Held held = new Held(registry);

  /** {@return the sum of three looks} */
  @Benchmark
  public long clock() {
    return System.nanoTime() + System.nanoTime() + System.nanoTime();
  }

  /** Counts as the SDK does. */
  @Benchmark
  public void counters() {
    long read = System.nanoTime();
    input.read(1);
    input.executed(System.nanoTime() - read);
    output.written(BYTES, BYTES);
    input.settled(Outcome.WRITTEN, BYTES, BYTES, System.nanoTime() - read);
  }

  /** The same, by two threads at once. */
  @Benchmark
  @Threads(2)
  public void countersOfTwoThreads() {
    counters();
  }

  /** Counts with Micrometer's meters. */
  @Benchmark
  public void rivalHeldMeters() {
    count(held);
  }

  /** The same, by two threads at once. */
  @Benchmark
  @Threads(2)
  public void rivalHeldMetersOfTwoThreads() {
    count(held);
  }

  /** Counts with Micrometer's meters, each by its name and tags. */
  @Benchmark
  public void rivalLookedUpMeters() {
    count(new Held(registry));
  }

  private static void count(Held meters) {
    long read = System.nanoTime();
    meters.read.increment();
    meters.algo.record(System.nanoTime() - read, TimeUnit.NANOSECONDS);
    meters.outputMessages.increment(BYTES);
    meters.outputData.increment(BYTES);
    meters.written.increment();
    meters.inputMessages.increment(BYTES);
    meters.inputData.increment(BYTES);
    meters.run.record(System.nanoTime() - read, TimeUnit.NANOSECONDS);
  }

  private static final class Held {
    private final Counter read;
    private final Counter written;
    private final Counter inputMessages;
    private final Counter inputData;
    private final Counter outputMessages;
    private final Counter outputData;
    private final Timer algo;
    private final Timer run;

    Held(MeterRegistry registry) {
      List<Tag> tags = List.of(Tag.of("input", "orders"), Tag.of("algo", "benchmark"));
      read = registry.counter("records_read", tags);
      written = registry.counter("records_written", tags);
      inputMessages = registry.counter("input_message_bytes", tags);
      inputData = registry.counter("input_data_bytes", tags);
      outputMessages = registry.counter("output_message_bytes", tags);
      outputData = registry.counter("output_data_bytes", tags);
      algo = timer(registry, "algo_duration", tags);
      run = timer(registry, "run_duration", tags);
    }

    private static Timer timer(MeterRegistry registry, String name, List<Tag> tags) {
      double[] bounds = DurationHistogram.boundsSeconds();
      Duration[] buckets = new Duration[bounds.length - 1]; // the last is infinity
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = Duration.ofMillis((long) (bounds[i] * 1000));
      }
      return Timer.builder(name).tags(tags).serviceLevelObjectives(buckets).register(registry);
    }
  }
}
