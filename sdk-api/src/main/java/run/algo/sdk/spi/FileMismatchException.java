package run.algo.sdk.spi;

import java.io.IOException;

/**
 * Thrown when a stored file is not the one that its reference describes: its length or digest
 * differs. Reading it again cannot help.
 *
 * @since 0.1.0
 */
public class FileMismatchException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * A mismatch.
   *
   * @param message which file, what was expected and what was found
   */
  public FileMismatchException(String message) {
    super(message);
  }
}
