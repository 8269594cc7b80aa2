package run.algo.sdk.kafka.config;

/**
 * How the value of an output travels.
 *
 * @since 0.1.0
 */
public enum MessageDataType implements WireName {
  /** In the record. */
  EMBEDDED("Embedded"),
  /** In storage; the record holds a reference. */
  FILE_REFERENCE("FileReference");

  private final String wireName;

  MessageDataType(String wireName) {
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
