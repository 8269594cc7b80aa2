package run.algo.sdk.spi;

import java.time.Instant;
import java.util.Objects;

/**
 * What has been tried with a parked record, and when it is tried next.
 *
 * @param executions executions begun so far; 0 for a record that only waits behind another
 * @param state which try comes next; {@link RetryState.First} for a record that has not failed
 * @param due when it may be executed, at the earliest; a store keeps whole milliseconds, rounded up
 * @since 0.1.0
 */
public record ParkedTry(int executions, RetryState state, Instant due) {

  /** Of a record that has not been executed: it waits for those before it, and for no time. */
  public static final ParkedTry BEHIND = new ParkedTry(0, new RetryState.First(), Instant.EPOCH);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException when the number of executions is negative
   */
  public ParkedTry {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(due, "due");
    if (executions < 0) {
      throw new IllegalArgumentException("a record cannot have " + executions + " executions");
    }
  }
}
