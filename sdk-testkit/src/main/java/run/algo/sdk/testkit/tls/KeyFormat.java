package run.algo.sdk.testkit.tls;

/**
 * How a private key is written into its PEM file.
 *
 * @since 0.1.0
 */
public enum KeyFormat {
  /** {@code BEGIN PRIVATE KEY}, for both types of key. */
  PKCS8,
  /** {@code BEGIN RSA PRIVATE KEY}, as older OpenSSL writes it; RSA only. */
  PKCS1,
  /** {@code BEGIN EC PRIVATE KEY}, as OpenSSL writes it; EC only. */
  SEC1
}
