package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
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
import run.algo.sdk.Output;
import run.algo.sdk.Pipe;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.observe.RateLimit;

/**
 * What the steps of an execution cost, in nanoseconds and (with {@code -prof gc}) bytes each: the
 * execution made, its input admitted and decoded, an output emitted, outputs encoded with their
 * headers, sent and acknowledged, and all of it in one. The formats are bytes, text and JSON;
 * {@code CodecBenchmark} says what of it is the codec's.
 *
 * <p>What comes after {@link #made} includes it, since an execution is used once: {@link #admitted}
 * less {@link #made} is the step. {@link #acknowledged} is the exception, and by itself.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(2)
public class ExecutionBenchmark {

  /** A value of 200 bytes or so. */
  public record Order(String id, String customer, List<Line> lines) {}

  /** A line of an order. */
  public record Line(String sku, int quantity, double price) {}

  /** The format of input and output. */
  @Param({"bytes", "text", "json"})
  public String format = "bytes";

  private final ExecutionParts.Counting settlement = new ExecutionParts.Counting();
  private final ExecutionParts.KeepingProducer producer = new ExecutionParts.KeepingProducer();
  private final RecordMetadata written =
      new RecordMetadata(new TopicPartition("results", 0), 0, 0, 0, 0, 0);

  private @Nullable Steps<?> known;
  private @Nullable Callback callback;

  /** Makes what is executed. */
  @Setup
  public void parts() throws Exception {
    Order order =
        new Order(
            "o-4711",
            "Ada Lovelace",
            List.of(new Line("4711-001", 2, 12.5), new Line("4711-002", 1, 99)));
    Steps<?> made =
        switch (format) {
          case "text" -> new Steps<>(Pipe.text("results"), Codec.text(), "0123456789".repeat(20));
          case "json" ->
              new Steps<>(Pipe.json("results", Order.class), Codec.json(Order.class), order);
          default -> bytes();
        };
    known = made;
    callback = made.run();
  }

  private Steps<?> steps() {
    return Objects.requireNonNull(known);
  }

  private Steps<byte[]> bytes() throws Exception {
    return new Steps<>(Pipe.bytes("results"), Codec.bytes(), new byte[200]);
  }

  /** The steps, of one format. */
  private final class Steps<T> {
    private final ConsumerRecord<byte[], byte[]> record;
    private final Route route;
    private final ExecutionScope scope;
    private final InputGate gate =
        new InputGate(
            ContentTypeCheck.WARN,
            new ParameterResolver(List.of()),
            new RateLimit(Duration.ofDays(1), System::nanoTime));
    private final OutputEncoder encoder = new OutputEncoder();
    private final Pipe<T> pipe;
    private final T value;
    private final RecordProcessor processor;

    Steps(Pipe<T> pipe, Codec<T> codec, T value) throws Exception {
      OutputTarget output = ExecutionParts.output(codec);
      this.record = ExecutionParts.record(codec.encode(value), 0);
      this.route = ExecutionParts.route(codec, output);
      this.scope = ExecutionParts.scope(output);
      this.pipe = pipe;
      this.value = value;
      this.processor =
          RecordProcessors.create(
              scope,
              ContentTypeCheck.WARN,
              new ParameterResolver(List.of()),
              Sender.direct(producer, Runnable::run),
              Optional.empty());
    }

    Execution made() {
      return new Execution(scope, route, record, settlement, 0);
    }

    @Nullable Object admitted(Execution execution) throws Exception {
      return execution.admit(gate);
    }

    List<Output<?>> emitted(Execution execution) {
      execution.emit(Output.of(pipe, value));
      return execution.close();
    }

    Object encoded(Execution execution, List<Output<?>> emissions, @Nullable Object result)
        throws Exception {
      return emissions.isEmpty()
          ? Objects.requireNonNull(encoder.encode(execution, result))
          : encoder.encode(execution, emissions, result);
    }

    @Nullable Callback run() {
      var unused =
          processor.process(
              route,
              record,
              settlement,
              0,
              (rest, nanos) -> {
                throw new IllegalStateException("nothing is resumed");
              });
      return producer.latest;
    }

    Object result() {
      return value;
    }
  }

  /** {@return an execution} */
  @Benchmark
  public Object made() {
    return steps().made();
  }

  /** {@return what the Algo would be given} */
  @Benchmark
  public @Nullable Object admitted() throws Exception {
    return steps().admitted(steps().made());
  }

  /** {@return one emission, of a closed execution} */
  @Benchmark
  public Object emitted() {
    return steps().emitted(steps().made());
  }

  /** {@return the record for the producer, of the Algo's result} */
  @Benchmark
  public Object encodedResult() throws Exception {
    return steps().encoded(steps().made(), List.of(), steps().result());
  }

  /** {@return the record for the producer, of one emission} */
  @Benchmark
  public Object encodedEmission() throws Exception {
    Execution execution = steps().made();
    return steps().encoded(execution, steps().emitted(execution), null);
  }

  /** {@return the callback, after the whole way to the producer} */
  @Benchmark
  public @Nullable Object processed() {
    return steps().run();
  }

  /** {@return how many records are settled, after one send was acknowledged} */
  @Benchmark
  public long acknowledged() {
    Objects.requireNonNull(callback).onCompletion(written, null);
    return settlement.settled();
  }
}
