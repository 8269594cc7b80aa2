package run.algo.sdk.kafka.config;

/**
 * What happens to a record that would have to be parked where no more may be: {@code
 * ALGO_PARKED_FULL}.
 *
 * @since 0.1.0
 */
public enum ParkedFullAction implements WireName {
  /** It goes to the dead-letter topic, and records of its key that come later may follow it. */
  DEAD_LETTER("dead-letter"),
  /** Its partition halts before it. */
  HALT("halt");

  private final String wireName;

  ParkedFullAction(String wireName) {
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
