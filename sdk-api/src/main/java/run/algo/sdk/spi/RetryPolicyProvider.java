package run.algo.sdk.spi;

/**
 * Makes what retry strategies need; found by {@link java.util.ServiceLoader}, so that a deployment
 * without retries needs no module for them. Implementations are checked by {@code
 * RetryPolicyContract} of {@code sdk-testkit}.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public interface RetryPolicyProvider {

  /**
   * Makes the policy of a plan.
   *
   * @param plan the steps, their jitter and their budget
   * @return a policy that tries each step as often as it says, in the order of their indexes, takes
   *     a step that has left the plan as if its tries were used up, and makes no try beyond the
   *     budget. It knows the plan and the state alone: the tries before the one that is decided on
   *     count with the backoffs that the plan has for them now, those of a step that has left it
   *     with nothing
   */
  RetryPolicy create(RetryPlan plan);

  /**
   * Makes an index of parked records, for one partition during one assignment.
   *
   * @param ordered whether the records of a key are executed in their order; else each by its own
   *     due time
   * @param mostPerKey most records of a key, 1 or more; without meaning where no order is kept
   * @return an empty index
   */
  ParkingIndex parkingIndex(boolean ordered, int mostPerKey);
}
