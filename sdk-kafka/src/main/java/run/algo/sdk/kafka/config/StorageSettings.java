package run.algo.sdk.kafka.config;

import java.net.URI;
import java.util.Optional;

/**
 * Where files of file references are kept.
 *
 * <p>Immutable, so safe for use by several threads; {@code toString} masks the credentials.
 *
 * @param endpoint {@code http(s)://host[:port]} of the S3 service, or empty without {@code
 *     MC_HOST_algorun}
 * @param credentials access and secret key, or empty for anonymous access
 * @param bucket the deployment's bucket, or empty when neither config nor variable names one
 * @param region the region, {@code us-east-1} by default
 * @since 0.1.0
 */
public record StorageSettings(
    Optional<URI> endpoint,
    Optional<Credentials> credentials,
    Optional<String> bucket,
    String region) {

  /**
   * S3 credentials.
   *
   * @param accessKey the access key; masked as well, since it is half of a login
   * @param secretKey the secret key
   */
  public record Credentials(Secret accessKey, Secret secretKey) {}

  /**
   * Returns the access key.
   *
   * @return the key, or empty for anonymous access
   */
  public Optional<String> accessKey() {
    return credentials.map(login -> login.accessKey().reveal());
  }

  /**
   * Returns the secret key.
   *
   * @return the key, or empty for anonymous access
   */
  public Optional<Secret> secretKey() {
    return credentials.map(Credentials::secretKey);
  }
}
