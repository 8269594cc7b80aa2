package run.algo.sdk.kafka.internal.execute;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryPolicy;
import run.algo.sdk.spi.RetryPolicyProvider;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

/**
 * What it costs to decide what becomes of a failed record, in nanoseconds and (with {@code -prof
 * gc}) bytes each: whether its failure may pass, which try comes next, and all of it up to the wait
 * in place. {@link #execution} is what is made for it, to be taken off.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RetryDecisionBenchmark {

  /** How far a wait may be from the step's backoff, as a part of it: jitter draws at random. */
  @Param({"0", "0.5"})
  public double jitter;

  private final FailureClasses classes = new FailureClasses();
  private final Failure failure =
      new Failure(
          FailureReason.ALGO, new UncheckedIOException(new ConnectException("no answer")), 1);
  private final RetryState before = new RetryState.After(2, 1);

  private final OutputTarget output = ExecutionParts.output(Codec.bytes());
  private final Route route = ExecutionParts.route(Codec.bytes(), output);
  private final ExecutionScope scope = ExecutionParts.scope(output);
  private final ConsumerRecord<byte[], byte[]> record = ExecutionParts.record(new byte[200], 0);
  private final ExecutionParts.Counting settlement = new ExecutionParts.Counting();

  /** The policy depends on the jitter. */
  @State(Scope.Thread)
  public static class Policy {
    private RetryPolicy policy = policy(0);
    private RetryHandler handler = handler(policy);

    /**
     * Makes the policy.
     *
     * @param shared knows the jitter
     */
    @Setup
    public void policy(RetryDecisionBenchmark shared) {
      policy = policy(shared.jitter);
      handler = handler(policy);
    }

    private static RetryPolicy policy(double jitter) {
      RetryPlan plan =
          new RetryPlan(
              List.of(
                  new RetryStep(1, Duration.ofSeconds(1), 3),
                  new RetryStep(2, Duration.ofSeconds(30), 3),
                  new RetryStep(3, Duration.ofMinutes(5), 5)),
              jitter,
              Optional.of(Duration.ofHours(1)));
      return ServiceLoader.load(RetryPolicyProvider.class).findFirst().orElseThrow().create(plan);
    }

    private static RetryHandler handler(RetryPolicy policy) {
      return new RetryHandler(
          Map.of(ExecutionParts.TOPIC, new RetryHandler.Strategy(policy, new RetryInPlace())),
          new FailureClasses(),
          (step, retryNum) -> {},
          null,
          new HaltOnFailure());
    }
  }

  /** {@return what is to become of the failure} */
  @Benchmark
  public Object classified() {
    return classes.of(failure);
  }

  /**
   * The policy alone.
   *
   * @param state the policy
   * @return the next try
   */
  @Benchmark
  public RetryDecision decided(Policy state) {
    return state.policy.onFailure(before);
  }

  /** {@return an execution} */
  @Benchmark
  public Object execution() {
    return made();
  }

  private Execution made() {
    return new Execution(scope, route, record, settlement, 0);
  }

  /**
   * All of it.
   *
   * @param state the policy
   * @return the execution, which is to be executed again
   */
  @Benchmark
  public Object retried(Policy state) {
    Execution execution = made();
    state.handler.failed(execution, failure);
    return execution;
  }
}
