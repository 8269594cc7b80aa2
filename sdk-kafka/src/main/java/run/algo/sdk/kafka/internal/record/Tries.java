package run.algo.sdk.kafka.internal.record;

import run.algo.sdk.spi.RetryState;

/**
 * What has been tried with a record so far.
 *
 * @param executions how often the Algo was executed on it before
 * @param state which retry it is
 */
public record Tries(int executions, RetryState state) {

  /** Of a record that has never been executed. */
  public static final Tries NONE = new Tries(0, new RetryState.First());
}
