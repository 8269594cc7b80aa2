package run.algo.sdk.spi;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The steps of a retry strategy, as the config lists them.
 *
 * @param steps the steps in any order, none twice; empty means that nothing is retried
 * @since 0.1.0
 */
public record RetryPlan(List<RetryStep> steps) {

  /** Copies the steps and checks that no index occurs twice. */
  public RetryPlan {
    steps = List.copyOf(steps);
    Set<Integer> seen = new HashSet<>();
    for (RetryStep step : steps) {
      if (!seen.add(step.index())) {
        throw new IllegalArgumentException(
            "two retry steps have index " + step.index() + ": give each step an index of its own");
      }
    }
  }
}
