package run.algo.sdk.kafka.config;

/**
 * What a crash may do to outputs: {@code ALGO_DELIVERY}.
 *
 * @since 0.1.0
 */
public enum Delivery implements WireName {
  /** A record may be executed, and its outputs written, more than once. */
  AT_LEAST_ONCE("at-least-once"),
  /**
   * Outputs, dead letters and offsets are written in transactions, so that whoever reads with
   * {@code read_committed} sees each result once. A crash may repeat an execution, not its results.
   */
  EXACTLY_ONCE("exactly-once");

  private final String wireName;

  Delivery(String wireName) {
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
