package run.algo.sdk.kafka.config;

/**
 * What happens to an output that is too large for its topic: {@code ALGO_OVERSIZE}.
 *
 * @since 0.1.0
 */
public enum OversizeAction implements WireName {
  /** The record that caused it goes to the dead letters. */
  DEAD_LETTER("dead-letter"),
  /** The value goes to storage and a file reference is written. */
  REFERENCE("reference");

  private final String wireName;

  OversizeAction(String wireName) {
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
