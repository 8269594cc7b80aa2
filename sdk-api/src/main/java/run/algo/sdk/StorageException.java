package run.algo.sdk;

import java.io.IOException;

/**
 * Thrown to an Algo when a payload cannot be read from, or written to, storage or the disk under
 * {@code ALGO_INPUT_DIR}; transient failures have been tried again by then. Let it pass, wrapped or
 * not: the record then fails with reason {@code storage}, and is retried where that may help. It
 * does not help where the cause is a {@link java.nio.file.NoSuchFileException}, a {@link
 * java.nio.file.AccessDeniedException}, a {@link run.algo.sdk.spi.FileMismatchException}, or an
 * {@link IllegalArgumentException} about the reference itself.
 *
 * @since 0.1.0
 */
public class StorageException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param message what failed, and what to do about it
   * @param cause why; tells whether it may pass
   */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
