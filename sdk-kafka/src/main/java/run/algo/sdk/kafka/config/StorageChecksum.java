package run.algo.sdk.kafka.config;

/**
 * What the storage is given to check what it is sent.
 *
 * @since 0.1.0
 */
public enum StorageChecksum implements WireName {
  /** Nothing but the lengths. */
  NONE("none"),
  /** A CRC32C of each part. */
  CRC32C("crc32c");

  private final String wireName;

  StorageChecksum(String wireName) {
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
