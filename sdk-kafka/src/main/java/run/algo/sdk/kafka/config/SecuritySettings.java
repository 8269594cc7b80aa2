package run.algo.sdk.kafka.config;

import java.util.Optional;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * How the clients connect and authenticate. Locations are paths of PEM files, re-read while the
 * process runs.
 *
 * <p>Immutable, so safe for use by several threads; {@code toString} masks the password.
 *
 * @param protocol the security protocol of every client
 * @param caLocation the CA file; present for SSL and SASL_SSL
 * @param certificateLocation the client certificate; present for authentication by TLS
 * @param keyLocation the client's private key; present for authentication by TLS
 * @param sasl mechanism and credentials; present for SASL_PLAINTEXT and SASL_SSL
 * @since 0.1.0
 */
public record SecuritySettings(
    SecurityProtocol protocol,
    Optional<String> caLocation,
    Optional<String> certificateLocation,
    Optional<String> keyLocation,
    Optional<Sasl> sasl) {

  /**
   * SASL credentials.
   *
   * @param mechanism {@code SCRAM-SHA-512} or {@code PLAIN}
   * @param username the user
   * @param password the password, masked in {@code toString}
   */
  public record Sasl(String mechanism, String username, Secret password) {}

  /**
   * Returns the SASL mechanism.
   *
   * @return {@code SCRAM-SHA-512} or {@code PLAIN}, or empty without SASL
   */
  public Optional<String> saslMechanism() {
    return sasl.map(Sasl::mechanism);
  }

  /**
   * Returns the SASL user.
   *
   * @return the user, or empty without SASL
   */
  public Optional<String> username() {
    return sasl.map(Sasl::username);
  }

  /**
   * Returns the SASL password.
   *
   * @return the password, or empty without SASL
   */
  public Optional<Secret> password() {
    return sasl.map(Sasl::password);
  }
}
