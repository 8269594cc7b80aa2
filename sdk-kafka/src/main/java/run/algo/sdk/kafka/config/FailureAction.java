package run.algo.sdk.kafka.config;

/**
 * What happens to a record that failed for good: {@code ALGO_ON_FAILURE}.
 *
 * @since 0.1.0
 */
public enum FailureAction implements WireName {
  /** It goes to the dead-letter topic. */
  DEAD_LETTER("dead-letter"),
  /** Its partition halts before it. */
  HALT("halt");

  private final String wireName;

  FailureAction(String wireName) {
    this.wireName = wireName;
  }

  /**
   * Returns the name as users write it.
   *
   * @return the name, matched exactly
   */
  @Override
  public String wireName() {
    return wireName;
  }
}
