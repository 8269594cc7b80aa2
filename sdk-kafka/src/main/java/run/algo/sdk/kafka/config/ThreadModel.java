package run.algo.sdk.kafka.config;

/**
 * Which threads execute the Algo: {@code ALGO_THREADS}.
 *
 * @since 0.1.0
 */
public enum ThreadModel implements WireName {
  /**
   * Virtual threads for the orderings key and unordered where the Java runtime has them, else
   * platform threads.
   */
  AUTO("auto"),
  /** A fixed pool of platform threads. */
  PLATFORM("platform"),
  /** One virtual thread an execution; needs Java 21. */
  VIRTUAL("virtual");

  private final String wireName;

  ThreadModel(String wireName) {
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
