package run.algo.sdk;

/**
 * Thrown by an Algo for a record that can never succeed: it is not retried but goes straight to the
 * dead letters.
 *
 * @since 0.1.0
 */
public class NonRetriableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure with its reason.
   *
   * @param message why the record cannot succeed; carried in the dead letter's headers
   */
  public NonRetriableException(String message) {
    super(message);
  }

  /**
   * A failure with its reason and cause.
   *
   * @param message why the record cannot succeed; carried in the dead letter's headers
   * @param cause what led to it
   */
  public NonRetriableException(String message, Throwable cause) {
    super(message, cause);
  }
}
