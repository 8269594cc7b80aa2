package run.algo.sdk.benchmarks.storage;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import run.algo.sdk.spi.FileStoreSettings;

/**
 * Where the server is, and who may enter.
 *
 * @param endpoint its address
 * @param login its credentials
 */
record S3Address(URI endpoint, FileStoreSettings.Credentials login) {

  static final String BUCKET = "benchmark";
  static final String REGION = "us-east-1";

  /** Words for a command line. */
  String words() {
    return endpoint + " " + login.accessKey() + " " + login.secretKey();
  }

  static S3Address of(String words) {
    String[] parts = words.split(" ", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("the server's address has an endpoint and two keys");
    }
    return new S3Address(
        URI.create(parts[0]), new FileStoreSettings.Credentials(parts[1], parts[2]));
  }

  FileStoreSettings settings() {
    return new FileStoreSettings(
        endpoint, REGION, BUCKET, Set.of(), Path.of("/input"), Optional.of(login));
  }
}
