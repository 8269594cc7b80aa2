package run.algo.sdk.retry;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryPolicy;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

/** Goes through the steps in the order of their indexes, as far as the budget lasts. Immutable. */
final class StepRetryPolicy implements RetryPolicy {

  private final NavigableMap<Integer, Step> steps = new TreeMap<>();

  /**
   * A step as it is decided on.
   *
   * @param step the step
   * @param affordable how many of its tries the budget allows, at most as many as there are
   * @param waits draws the wait of each try
   */
  private record Step(RetryStep step, int affordable, Wait waits) {}

  StepRetryPolicy(RetryPlan plan) {
    NavigableMap<Integer, RetryStep> ordered = new TreeMap<>();
    plan.steps().forEach(step -> ordered.put(step.index(), step));
    Budget budget = new Budget(plan.budget());
    for (RetryStep step : ordered.values()) {
      steps.put(
          step.index(), new Step(step, budget.spend(step), Wait.of(step.backoff(), plan.jitter())));
    }
  }

  @Override
  public RetryDecision onFailure(RetryState state) {
    if (state instanceof RetryState.After after) {
      Step step = steps.get(after.stepIndex());
      // The tries are compared with those of the step that was tried; the next step's may differ.
      if (step != null && after.retryNum() < step.step().tries()) {
        return attempt(step, after.retryNum() + 1);
      }
      return begin(steps.higherEntry(after.stepIndex()));
    }
    return begin(steps.firstEntry());
  }

  private static RetryDecision begin(Map.@Nullable Entry<Integer, Step> next) {
    return next == null ? new RetryDecision.Exhausted() : attempt(next.getValue(), 1);
  }

  private static RetryDecision attempt(Step step, int retryNum) {
    return retryNum > step.affordable()
        ? new RetryDecision.Exhausted()
        : new RetryDecision.Retry(step.step(), retryNum, step.waits().draw());
  }
}
