package run.algo.sdk.spi;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A file that is being written. Nobody sees any of it before {@link #complete()} has returned; a
 * file of that key that was there stays until then.
 *
 * <pre>{@code
 * try (FileUpload upload = store.upload(FileTarget.of("a/b"))) {
 *   source.transferTo(upload);
 *   reference = upload.complete();
 * }
 * }</pre>
 *
 * <p>After a failed write or a failed {@code complete()} the upload is aborted; each further call
 * but {@code close()} fails. For one thread at a time.
 *
 * @since 0.1.0
 */
public abstract class FileUpload extends OutputStream {

  /** For implementations. */
  protected FileUpload() {}

  /**
   * Stores what was written.
   *
   * @return the reference, with host, bucket, {@code file} equal to the key, size and SHA-256; the
   *     same one when called again
   * @throws IOException when it cannot be stored, or the upload has failed or is closed
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   */
  public abstract FileReference complete() throws IOException;

  /** Sends on what may be sent; a store may well keep the bytes until it has more of them. */
  @Override
  public void flush() throws IOException {}

  /**
   * Aborts the upload unless it is complete: what was sent is removed. Never fails; parts that
   * cannot be removed now are left to {@link FileStore#removeUnfinished}.
   */
  @Override
  public abstract void close();
}
