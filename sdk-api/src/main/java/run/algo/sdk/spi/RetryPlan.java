package run.algo.sdk.spi;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The steps of a retry strategy, as the config lists them, and what bounds and scatters its waits.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param steps the steps in any order, none twice; empty means that nothing is retried
 * @param jitter how far a wait may differ from the step's backoff, as a fraction of it, from 0 to
 *     1: each try's wait is drawn evenly from backoff × (1 ± jitter). 0, the default, waits the
 *     backoff itself
 * @param budget most time of all waits of a record together, 0 or more: a try whose backoff would
 *     bring the sum of the backoffs of all tries so far above it is not made, nor is any after it.
 *     The sum is that of the plan, without jitter. Empty, the default, bounds nothing
 * @since 0.1.0
 */
public record RetryPlan(List<RetryStep> steps, double jitter, Optional<Duration> budget) {

  /**
   * Copies the steps and checks the plan.
   *
   * @throws IllegalArgumentException when an index occurs twice, the jitter is no fraction, or the
   *     budget is negative; the message says which
   */
  public RetryPlan {
    steps = List.copyOf(steps);
    Objects.requireNonNull(budget, "budget");
    Set<Integer> seen = new HashSet<>();
    for (RetryStep step : steps) {
      if (!seen.add(step.index())) {
        throw new IllegalArgumentException(
            "two retry steps have index " + step.index() + ": give each step an index of its own");
      }
    }
    if (!(jitter >= 0 && jitter <= 1)) { // so that it is wrong for NaN too
      throw new IllegalArgumentException(
          "the jitter of retries is a fraction from 0 to 1, it cannot be " + jitter);
    }
    if (budget.isPresent() && budget.get().isNegative()) {
      throw new IllegalArgumentException("the budget of retries is negative: " + budget.get());
    }
  }

  /**
   * A plan without jitter and budget.
   *
   * @param steps the steps in any order, none twice; empty means that nothing is retried
   * @throws IllegalArgumentException when an index occurs twice
   */
  public RetryPlan(List<RetryStep> steps) {
    this(steps, 0, Optional.empty());
  }
}
