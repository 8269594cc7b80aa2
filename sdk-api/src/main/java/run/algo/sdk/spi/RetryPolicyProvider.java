package run.algo.sdk.spi;

/**
 * Makes retry policies; found by {@link java.util.ServiceLoader}, so that a deployment without
 * retries needs no module for them. Implementations are checked by {@code RetryPolicyContract} of
 * {@code sdk-testkit}.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public interface RetryPolicyProvider {

  /**
   * Makes the policy of a plan.
   *
   * @param plan the steps
   * @return a policy that tries each step as often as it says, in the order of their indexes, and a
   *     step that has left the plan as if its tries were used up
   */
  RetryPolicy create(RetryPlan plan);
}
