package run.algo.sdk.kafka.config;

/**
 * Which records are executed one at a time, in offset order: {@code ALGO_ORDERING}.
 *
 * @since 0.1.0
 */
public enum Ordering implements WireName {
  /** The records of a partition. */
  PARTITION("partition"),
  /** The records of a key within a partition. */
  KEY("key"),
  /** None: records run in any order. */
  UNORDERED("unordered");

  private final String wireName;

  Ordering(String wireName) {
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
