package run.algo.sdk.testkit.kafka;

/**
 * A listener that an {@link EmbeddedKafka} can offer; the names are Kafka's {@code
 * security.protocol}s.
 *
 * <p>{@link #PLAINTEXT} is always there. Naming a certificate authority adds {@link #SSL}, naming a
 * user adds {@link #SASL_PLAINTEXT}, and both together add {@link #SASL_SSL}.
 *
 * @since 0.1.0
 */
public enum Listener {
  /** No encryption, no authentication. */
  PLAINTEXT,
  /** TLS; with {@link EmbeddedKafka.Builder#mutualTls()} the client must show a certificate. */
  SSL,
  /** A user name and password over an unencrypted connection. */
  SASL_PLAINTEXT,
  /** A user name and password over TLS. */
  SASL_SSL
}
