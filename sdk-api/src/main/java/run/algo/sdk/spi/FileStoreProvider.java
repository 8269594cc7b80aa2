package run.algo.sdk.spi;

/**
 * Opens file stores; found by {@link java.util.ServiceLoader}, so that a deployment without file
 * references needs no storage client. Implementations are checked by {@code FileStoreContract} of
 * {@code sdk-testkit}.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public interface FileStoreProvider {

  /**
   * Opens a store. A bucket that is missing is created by the first write.
   *
   * @param settings where the files are
   * @return the store, to be closed by the caller
   * @throws IllegalArgumentException when a setting cannot be used; the message names it
   */
  FileStore open(FileStoreSettings settings);
}
