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
 * <p>A store that sends large files in parts keeps the parts of an upload that nobody has ended, as
 * when its process was killed. So whoever begins to send parts of a key ends the unfinished uploads
 * of exactly that key, those of other processes included, as far as the storage lets it: what a
 * retried record writes again leaves nothing behind, and a process that has lost the record to
 * another one without knowing it fails with an {@link IOException} rather than replace the file
 * later. Two uploads of one key therefore do not go on side by side. A file that fits into one part
 * ends nobody's upload.
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
