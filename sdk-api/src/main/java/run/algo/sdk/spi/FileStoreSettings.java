package run.algo.sdk.spi;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where a deployment keeps its files.
 *
 * @param endpoint the storage endpoint, {@code http(s)://host[:port]}
 * @param region the region that requests are signed for
 * @param bucket the deployment's own bucket
 * @param readBuckets further buckets that references may point to
 * @param inputDirectory folder that files are delivered under
 * @param credentials access and secret, empty for anonymous access
 * @param options how files are moved
 * @since 0.1.0
 */
public record FileStoreSettings(
    URI endpoint,
    String region,
    String bucket,
    Set<String> readBuckets,
    Path inputDirectory,
    Optional<Credentials> credentials,
    FileStoreOptions options) {

  /** Copies the buckets and checks the endpoint. */
  public FileStoreSettings {
    Objects.requireNonNull(region, "region");
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(inputDirectory, "inputDirectory");
    Objects.requireNonNull(credentials, "credentials");
    Objects.requireNonNull(options, "options");
    readBuckets = Set.copyOf(readBuckets);
    if (endpoint.getHost() == null || endpoint.getRawUserInfo() != null) {
      // The text itself stays out of the message: it may hold a secret.
      throw new IllegalArgumentException(
          "the storage endpoint must read http(s)://host[:port], without credentials in it");
    }
  }

  /**
   * Settings with the default options.
   *
   * @param endpoint the storage endpoint, {@code http(s)://host[:port]}
   * @param region the region that requests are signed for
   * @param bucket the deployment's own bucket
   * @param readBuckets further buckets that references may point to
   * @param inputDirectory folder that files are delivered under
   * @param credentials access and secret, empty for anonymous access
   */
  public FileStoreSettings(
      URI endpoint,
      String region,
      String bucket,
      Set<String> readBuckets,
      Path inputDirectory,
      Optional<Credentials> credentials) {
    this(
        endpoint,
        region,
        bucket,
        readBuckets,
        inputDirectory,
        credentials,
        FileStoreOptions.DEFAULTS);
  }

  /**
   * A key pair of the storage.
   *
   * @param accessKey the access key
   * @param secretKey the secret; never printed
   */
  public record Credentials(String accessKey, String secretKey) {

    /** Checks that both are there. */
    public Credentials {
      Objects.requireNonNull(accessKey, "accessKey");
      Objects.requireNonNull(secretKey, "secretKey");
    }

    /** {@return a text without either key} */
    @Override
    public String toString() {
      return "Credentials[hidden]";
    }
  }
}
