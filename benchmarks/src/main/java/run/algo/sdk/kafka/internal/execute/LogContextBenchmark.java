package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
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
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import run.algo.sdk.Algo;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;

/**
 * What it costs to tell the log which record is executed, in nanoseconds and (with {@code -prof
 * gc}) bytes a record: an execution alone, and with its entries set and taken back.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LogContextBenchmark {

  /** Who is told: nobody, as where the backend has no MDC; or Logback. */
  @Param({"none", "logback"})
  public String mdc = "none";

  private final ExecutionScope scope =
      new ExecutionScope(new Outputs(List.of(), Set.of()), "benchmark", () -> false);
  private final Route route = route();
  private final Settlement settlement = settlement();
  private LogContext log = LogContext.none();
  private MDCAdapter adapter = new NOPMDCAdapter();
  private long offset = 1_000_000;

  /** Chooses who is told. */
  @Setup
  public void prepare() {
    if (mdc.equals("logback")) {
      adapter = MDC.getMDCAdapter();
      log =
          LogContext.of(
              LogContext.process(
                  new DeploymentIdentity("o", "d", "o", "p", "o", "n", "1.0", 0), "pod-0"),
              true);
      if (log == LogContext.none()) {
        throw new IllegalStateException("the log backend has no MDC");
      }
    }
  }

  private static Route route() {
    Algo<byte[], byte[]> identity = (bytes, context) -> bytes;
    return new Route(
        new Route.Input("orders", new ContentTypes(List.of()), null),
        "orders",
        Codec.bytes(),
        new AlgoForm.Sync(identity),
        Optional.empty(),
        new InputCounters("orders"));
  }

  /** Knows of no earlier try. */
  private static Settlement settlement() {
    return (Settlement)
        Proxy.newProxyInstance(
            Settlement.class.getClassLoader(),
            new Class<?>[] {Settlement.class},
            (proxy, method, arguments) -> null);
  }

  private ConsumerRecord<byte[], byte[]> record() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceID", "00112233445566778899aabbccddeeff".getBytes(UTF_8));
    return new ConsumerRecord<>(
        "orders",
        3,
        offset++,
        0,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        null,
        headers,
        Optional.empty());
  }

  /**
   * One record's.
   *
   * @return the execution
   */
  @Benchmark
  public Object beginAndLeave() {
    Execution execution = new Execution(scope, route, record(), settlement, 0);
    LogContext.Before before = log.begin(execution);
    log.leave(before);
    return execution;
  }

  /**
   * The rejected way: five entries are put for each record, and removed behind it.
   *
   * @return the execution
   */
  @Benchmark
  public Object rivalPutsAndRemoves() {
    Execution execution = new Execution(scope, route, record(), settlement, 0);
    adapter.put(LogContext.TRACE_ID, execution.traceId());
    adapter.put(LogContext.INPUT, execution.input());
    adapter.put(LogContext.PARTITION, Integer.toString(execution.position().partition()));
    adapter.put(LogContext.OFFSET, Long.toString(execution.position().offset()));
    adapter.put(LogContext.ATTEMPT, Integer.toString(execution.attempt()));
    adapter.remove(LogContext.TRACE_ID);
    adapter.remove(LogContext.INPUT);
    adapter.remove(LogContext.PARTITION);
    adapter.remove(LogContext.OFFSET);
    adapter.remove(LogContext.ATTEMPT);
    return execution;
  }

  /**
   * The same without, to be taken off.
   *
   * @return the execution
   */
  @Benchmark
  public Object executionAlone() {
    return new Execution(scope, route, record(), settlement, 0);
  }
}
