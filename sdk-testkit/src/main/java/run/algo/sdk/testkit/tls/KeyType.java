package run.algo.sdk.testkit.tls;

/**
 * The algorithm of a key pair.
 *
 * @since 0.1.0
 */
public enum KeyType {
  /** RSA with 2048 bits. */
  RSA,
  /** An elliptic curve key on P-256. */
  EC
}
