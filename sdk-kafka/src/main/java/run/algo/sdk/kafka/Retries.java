package run.algo.sdk.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.internal.execute.FailureClasses;
import run.algo.sdk.spi.GoDuration;
import run.algo.sdk.spi.RetryPlan;

/**
 * How failed records are tried again, as a program says it; taken by {@link
 * AlgoRunnerBuilder#retries}.
 *
 * <pre>{@code
 * AlgoRunner.builder(new Uppercase())
 *     .retries(
 *         Retries.of(RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(1, "300ms", 3)))
 *             .jitter(0.2)
 *             .deadLetterOn(e -> e instanceof IllegalArgumentException))
 *     .build();
 * }</pre>
 *
 * <p>Which failures are retried is decided in this order; the first that applies counts:
 *
 * <ol>
 *   <li>what is wrong with the record itself is never retried: it cannot be decoded, an output
 *       cannot be encoded or is too large, its content type or parameters are refused;
 *   <li>{@link #haltOn}: the partition halts at the record;
 *   <li>{@link #deadLetterOn}, a {@link run.algo.sdk.NonRetriableException} anywhere in the chain
 *       of causes (down to the hundredth), and a file that is not the one its reference describes:
 *       the record has failed for good;
 *   <li>{@link #retryOn}: the record is retried while there are tries left;
 *   <li>anything else has failed for good.
 * </ol>
 *
 * <p>A record that has failed for good goes to the dead letters, or halts its partition where
 * {@code ALGO_ON_FAILURE} is {@code halt}.
 *
 * <p>A predicate is asked about what the Algo threw, or its stage completed with, not about that
 * one's causes; about a {@link java.util.concurrent.TimeoutException} when the execution passed its
 * deadline; and about what the storage threw. It is called by several threads, should be quick, and
 * may be asked more than once about one failure. One that throws counts as not matching, and is
 * logged once for each class of exception that it was asked about.
 *
 * <p>Immutable, so safe for use by several threads: each method returns a copy.
 *
 * @since 0.1.0
 */
public final class Retries {

  private static final Retries AS_CONFIGURED =
      new Retries(
          Optional.empty(),
          0,
          Optional.empty(),
          new Predicates(failure -> true, failure -> false, failure -> false));

  private final Optional<RetryStrategy> strategy;
  private final double jitter;
  private final Optional<Duration> budget;
  private final Predicates predicates;

  private record Predicates(
      Predicate<? super Throwable> retryOn,
      Predicate<? super Throwable> deadLetterOn,
      Predicate<? super Throwable> haltOn) {}

  private Retries(
      Optional<RetryStrategy> strategy,
      double jitter,
      Optional<Duration> budget,
      Predicates predicates) {
    this.strategy = strategy;
    this.jitter = jitter;
    this.budget = budget;
    this.predicates = predicates;
  }

  /**
   * Leaves the strategies to {@code ALGO_RETRY_STRATEGY} and the runner config; without any in them
   * nothing is retried.
   *
   * @return no jitter, no budget, and every failure of the Algo is retried
   */
  public static Retries asConfigured() {
    return AS_CONFIGURED;
  }

  /**
   * Retries by a strategy for the topics of all inputs, whatever {@code ALGO_RETRY_STRATEGY} and
   * the runner config say. It is checked with the other settings, as the value of that variable,
   * when the runner is built.
   *
   * @param strategy the strategy
   * @return no jitter, no budget, and every failure of the Algo is retried
   * @throws IllegalArgumentException when a step's text and its backoff are different times
   */
  public static Retries of(RetryStrategy strategy) {
    strategy.steps().forEach(Retries::checkText);
    Retries other = AS_CONFIGURED;
    return new Retries(Optional.of(strategy), other.jitter, other.budget, other.predicates);
  }

  /** The text is what goes on, and what names a topic. */
  private static void checkText(RetryStep step) {
    Duration read;
    try {
      read = GoDuration.parse(step.backoffText());
    } catch (IllegalArgumentException e) {
      return; // told with the other problems of the settings
    }
    if (!read.equals(step.backoff())) {
      throw new IllegalArgumentException(
          "retry step "
              + step.index()
              + " says "
              + step.backoffText()
              + " and "
              + step.backoff()
              + ": make it by RetryStep.of");
    }
  }

  /**
   * Scatters the waits, so that records that failed together do not come back together.
   *
   * @param fraction how far a wait may differ from its step's backoff, from 0, the default, to 1:
   *     it is drawn evenly from backoff × (1 ± fraction)
   * @return a copy with it
   * @throws IllegalArgumentException when it is no such fraction
   */
  public Retries jitter(double fraction) {
    Retries copy = new Retries(strategy, fraction, budget, predicates);
    copy.check();
    return copy;
  }

  /**
   * Bounds the time that a record may spend waiting. A try whose backoff would bring the sum of the
   * backoffs of all the record's tries above it is not made, and the record has failed for good.
   * Backoffs count as the strategy has them, without jitter; executions do not count.
   *
   * @param waits most time, 0 or more; without bound by default
   * @return a copy with it
   * @throws IllegalArgumentException when it is negative
   */
  public Retries budget(Duration waits) {
    Retries copy = new Retries(strategy, jitter, Optional.of(waits), predicates);
    copy.check();
    return copy;
  }

  /** A plan knows what is allowed. */
  private void check() {
    plan(List.of());
  }

  /**
   * Retries some failures only. Replaces what an earlier call said, as each of these methods does.
   *
   * @param failures those that are retried unless {@link #haltOn}, {@link #deadLetterOn} or a
   *     {@link run.algo.sdk.NonRetriableException} speaks against it; all by default
   * @return a copy with it
   */
  public Retries retryOn(Predicate<? super Throwable> failures) {
    return with(
        new Predicates(
            Objects.requireNonNull(failures, "failures"),
            predicates.deadLetterOn,
            predicates.haltOn));
  }

  /**
   * Takes some failures as final at once.
   *
   * @param failures those that are not retried unless {@link #haltOn} speaks against it; none by
   *     default
   * @return a copy with it
   */
  public Retries deadLetterOn(Predicate<? super Throwable> failures) {
    return with(
        new Predicates(
            predicates.retryOn, Objects.requireNonNull(failures, "failures"), predicates.haltOn));
  }

  /**
   * Halts the partition at some failures, without a retry and without a dead letter: the runner is
   * not ready then, the record's offset stays, and the record is executed again when the partition
   * is read anew. For what a person has to mend before anything behind the record may run.
   *
   * @param failures those that halt their partition; none by default
   * @return a copy with it
   */
  public Retries haltOn(Predicate<? super Throwable> failures) {
    return with(
        new Predicates(
            predicates.retryOn,
            predicates.deadLetterOn,
            Objects.requireNonNull(failures, "failures")));
  }

  private Retries with(Predicates others) {
    return new Retries(strategy, jitter, budget, others);
  }

  /** The strategy that replaces all others; empty when the settings have them. */
  Optional<RetryStrategy> strategy() {
    return strategy;
  }

  /**
   * What a policy is made from.
   *
   * @param of the strategy of an input topic, from the settings
   */
  RetryPlan plan(RetryStrategy of) {
    return plan(
        of.steps().stream()
            .map(
                step -> new run.algo.sdk.spi.RetryStep(step.index(), step.backoff(), step.repeat()))
            .toList());
  }

  private RetryPlan plan(List<run.algo.sdk.spi.RetryStep> steps) {
    return new RetryPlan(steps, jitter, budget);
  }

  /** What judges the failures of a runner. */
  FailureClasses classes() {
    return new FailureClasses(predicates.retryOn, predicates.deadLetterOn, predicates.haltOn);
  }
}
