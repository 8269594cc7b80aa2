package run.algo.sdk.retry;

import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryPolicy;
import run.algo.sdk.spi.RetryPolicyProvider;

/**
 * What the service loader finds; it asks for a public class, nobody else has a use for it.
 *
 * @since 0.1.0
 */
public final class StepRetryPolicyProvider implements RetryPolicyProvider {

  /** For the service loader. */
  public StepRetryPolicyProvider() {}

  @Override
  public RetryPolicy create(RetryPlan plan) {
    return new StepRetryPolicy(plan);
  }

  @Override
  public ParkingIndex parkingIndex(boolean ordered, int mostPerKey) {
    return ordered ? KeyQueues.ordered(mostPerKey) : KeyQueues.unordered();
  }
}
