package run.algo.sdk.spi;

import java.io.IOException;
import java.io.InputStream;

/**
 * Keeps the files that records refer to.
 *
 * <p>Thread-safe. Files are streamed: memory does not grow with their size. Calls block, so the
 * thread that owns a consumer makes none. An {@link IOException} other than the ones named here may
 * pass, and the call is worth another try.
 *
 * @since 0.1.0
 */
public interface FileStore extends AutoCloseable {

  /**
   * Stores a file. It is complete when this method returns; a file of that key that was there is
   * replaced as a whole, and stays as it was when the call fails.
   *
   * @param key the object key
   * @param content the content, read to its end; not closed
   * @return the reference, with host, bucket, {@code file} equal to the key, size and SHA-256
   * @throws IOException when the content cannot be read or stored
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   * @throws IllegalArgumentException when the key cannot be an object key
   * @throws IllegalStateException when the store is closed
   */
  FileReference write(String key, InputStream content) throws IOException;

  /**
   * Opens a file and verifies what its reference knows of it: at the latest the read that meets the
   * end throws {@link FileMismatchException} when size or digest differs.
   *
   * @param reference the reference, from anywhere
   * @return the content, to be closed by the caller
   * @throws java.nio.file.NoSuchFileException when there is no such file
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when the reference names another host, a bucket that this
   *     deployment may not read, or a file that is not allowed
   * @throws IllegalStateException when the store is closed
   */
  InputStream read(FileReference reference) throws IOException;

  /**
   * Removes a file.
   *
   * @param reference the reference
   * @return whether there was such a file
   * @throws IOException when it cannot be removed
   * @throws IllegalArgumentException as {@link #read} does
   * @throws IllegalStateException when the store is closed
   */
  boolean delete(FileReference reference) throws IOException;

  /** Gives up its connections; a second call does nothing. */
  @Override
  void close();
}
