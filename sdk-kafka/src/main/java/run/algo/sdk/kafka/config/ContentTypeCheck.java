package run.algo.sdk.kafka.config;

/**
 * What happens to a record whose content type its input does not list: {@code ALGO_CONTENT_TYPE}.
 *
 * @since 0.1.0
 */
public enum ContentTypeCheck implements WireName {
  /** Nothing is compared. */
  OFF("off"),
  /** It is executed and a warning is logged. */
  WARN("warn"),
  /** It fails without an execution. */
  REJECT("reject");

  private final String wireName;

  ContentTypeCheck(String wireName) {
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
