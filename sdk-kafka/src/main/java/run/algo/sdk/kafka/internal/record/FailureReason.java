package run.algo.sdk.kafka.internal.record;

/** Why a record failed: the values of header {@code dlqReason}. */
public enum FailureReason {
  /** The value is not of its format. */
  DECODE("decode"),
  /** The Algo threw. */
  ALGO("algo"),
  /** The execution passed its deadline. */
  TIMEOUT("timeout"),
  /** An emission could not be encoded. */
  ENCODE("encode"),
  /** A referenced object could not be read or written. */
  STORAGE("storage"),
  /** The content type is none that the input accepts. */
  CONTENT_TYPE("content-type"),
  /** The parameters in the record's headers are malformed. */
  PARAMETERS("parameters"),
  /** An emission is larger than its topic allows. */
  TOO_LARGE("too-large");

  private final String wireName;

  FailureReason(String wireName) {
    this.wireName = wireName;
  }

  /** {@return the name on the wire} */
  public String wireName() {
    return wireName;
  }
}
