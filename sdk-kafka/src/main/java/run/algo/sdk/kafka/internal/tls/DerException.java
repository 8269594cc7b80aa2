package run.algo.sdk.kafka.internal.tls;

/** Bytes that are not the DER expected; the message names the structure, never the bytes. */
final class DerException extends Exception {
  private static final long serialVersionUID = 1L;

  DerException(String message) {
    super(message);
  }
}
