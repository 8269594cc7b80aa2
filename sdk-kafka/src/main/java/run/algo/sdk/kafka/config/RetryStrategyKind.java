package run.algo.sdk.kafka.config;

/**
 * How a failed record is tried again.
 *
 * @since 0.1.0
 */
public enum RetryStrategyKind implements WireName {
  /** It waits and runs again in place. */
  SIMPLE("Simple"),
  /** It goes through one topic a step. */
  RETRY_TOPICS("RetryTopics"),
  /** It and the later records of its key are parked, and resume in order. */
  STATEFUL_ORDERED("StatefulOrdered"),
  /** It is parked, and resumes in any order. */
  STATEFUL_UNORDERED("StatefulUnordered");

  private final String wireName;

  RetryStrategyKind(String wireName) {
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
