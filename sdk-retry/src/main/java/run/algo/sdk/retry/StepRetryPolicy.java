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

/** Goes through the steps in the order of their indexes. Immutable. */
final class StepRetryPolicy implements RetryPolicy {

  private final NavigableMap<Integer, RetryStep> steps = new TreeMap<>();

  StepRetryPolicy(RetryPlan plan) {
    plan.steps().forEach(step -> steps.put(step.index(), step));
  }

  @Override
  public RetryDecision onFailure(RetryState state) {
    if (state instanceof RetryState.After after) {
      RetryStep step = steps.get(after.stepIndex());
      // The tries are compared with those of the step that was tried; the next step's may differ.
      if (step != null && after.retryNum() < step.tries()) {
        return new RetryDecision.Retry(step, after.retryNum() + 1);
      }
      return begin(steps.higherEntry(after.stepIndex()));
    }
    return begin(steps.firstEntry());
  }

  private static RetryDecision begin(Map.@Nullable Entry<Integer, RetryStep> next) {
    return next == null
        ? new RetryDecision.Exhausted()
        : new RetryDecision.Retry(next.getValue(), 1);
  }
}
