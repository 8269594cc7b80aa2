package run.algo.sdk.kafka.internal.tls;

import org.jspecify.annotations.Nullable;

/**
 * A PEM file or text cannot be used. The message names the source and what to do about it, and
 * never holds key material, so it may be logged and shown as it is.
 *
 * @since 0.1.0
 */
public final class PemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PemException(String message) {
    super(message);
  }

  PemException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
