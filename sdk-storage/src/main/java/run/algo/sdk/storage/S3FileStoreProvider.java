package run.algo.sdk.storage;

import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreProvider;
import run.algo.sdk.spi.FileStoreSettings;

/**
 * Opens file stores on S3 and whatever speaks its protocol: path-style addresses, request
 * signatures of version 4, or none without credentials.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class S3FileStoreProvider implements FileStoreProvider {

  /** For {@link java.util.ServiceLoader}. */
  public S3FileStoreProvider() {}

  @Override
  public FileStore open(FileStoreSettings settings) {
    return new S3FileStore(settings);
  }
}
