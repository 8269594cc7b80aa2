package run.algo.sdk.spi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Keeps the files that records refer to.
 *
 * <p>Thread-safe. Files are streamed: memory does not grow with their size. Calls block, so the
 * thread that owns a consumer makes none. A request that fails in a way that may pass is tried
 * again by the store, for the time that the call allows. An {@link IOException} other than the ones
 * named here may pass all the same, and the call is worth another try.
 *
 * @since 0.1.0
 */
public interface FileStore extends AutoCloseable {

  /**
   * Begins a file whose content is still to come. Once it is sent in parts, unfinished uploads of
   * the same key are ended; see {@link FileUpload}.
   *
   * @param target where it goes
   * @return the upload, to be completed or closed by the caller
   * @throws IOException when it cannot be begun
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   * @throws IllegalArgumentException when the key cannot be an object key, or a reference to it
   *     could not be read
   * @throws IllegalStateException when the store is closed
   */
  FileUpload upload(FileTarget target) throws IOException;

  /**
   * Stores a file. It is complete when this method returns; a file of that key that was there is
   * replaced as a whole, and stays as it was when the call fails. Where the store knows that the
   * same content is there already, it is not sent again, and its tags stay as they were.
   *
   * @param target where it goes
   * @param content the content, not changed before the call returns
   * @return the reference, as of {@link FileUpload#complete()}
   * @throws IOException when it cannot be stored
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   * @throws IllegalArgumentException as {@link #upload} does
   * @throws IllegalStateException when the store is closed
   */
  FileReference write(FileTarget target, byte[] content) throws IOException;

  /**
   * Stores a file, in the same way as {@link #write(FileTarget, byte[])} does.
   *
   * @param target where it goes
   * @param content the file with the content; one that changes meanwhile fails the call
   * @return the reference, as of {@link FileUpload#complete()}
   * @throws IOException when it cannot be read or stored
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   * @throws IllegalArgumentException as {@link #upload} does
   * @throws IllegalStateException when the store is closed
   */
  FileReference write(FileTarget target, Path content) throws IOException;

  /**
   * Stores a file from a stream.
   *
   * @param key the object key
   * @param content the content, read to its end; not closed
   * @return the reference, as of {@link FileUpload#complete()}
   * @throws IOException when the content cannot be read or stored; a file of that key that was
   *     there stays
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   * @throws IllegalArgumentException as {@link #upload} does
   * @throws IllegalStateException when the store is closed
   */
  default FileReference write(String key, InputStream content) throws IOException {
    try (FileUpload upload = upload(FileTarget.of(key))) {
      content.transferTo(upload);
      return upload.complete();
    }
  }

  /**
   * Opens a file, with the store's own time for trying again.
   *
   * @param reference the reference, from anywhere
   * @return as {@link #read(FileReference, Duration)} does
   * @throws IOException as {@link #read(FileReference, Duration)} does
   */
  FileDownload read(FileReference reference) throws IOException;

  /**
   * Opens a file and verifies what its reference knows of it: at the latest the read that meets the
   * end throws {@link FileMismatchException} when size or digest differs. What was read before may
   * be wrong then. A connection that breaks in the middle is taken up again where it broke; content
   * that was replaced meanwhile ends in an {@link IOException}, never in a mixture.
   *
   * @param reference the reference, from anywhere
   * @param timeout how long after this call failed requests are tried again; reading itself may
   *     take longer
   * @return the content, to be closed by the caller; for one thread at a time
   * @throws java.nio.file.NoSuchFileException when there is no such file
   * @throws java.nio.file.AccessDeniedException when the store forbids it
   * @throws FileMismatchException when the file is seen not to be the one meant
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when the reference names another host, a bucket that this
   *     deployment may not read, or a file that is not allowed
   * @throws IllegalStateException when the store is closed
   */
  FileDownload read(FileReference reference, Duration timeout) throws IOException;

  /**
   * Removes a file.
   *
   * @param reference the reference
   * @return whether there was such a file
   * @throws IOException when it cannot be removed
   * @throws IllegalArgumentException as {@link #read(FileReference, Duration)} does
   * @throws IllegalStateException when the store is closed
   */
  boolean delete(FileReference reference) throws IOException;

  /**
   * Lists files of the deployment's own bucket, for housekeeping: the first ones, and with the last
   * key found the ones that follow.
   *
   * @param prefix what their keys begin with, empty for all
   * @param after the last key of the listing before, empty at the beginning
   * @return files in the store's order of keys, at most 1,000; none when there are no more
   * @throws IOException when they cannot be listed
   * @throws IllegalStateException when the store is closed
   */
  List<StoredFile> list(String prefix, String after) throws IOException;

  /**
   * Tells the tags of a file.
   *
   * @param reference the reference
   * @return the tags by name
   * @throws java.nio.file.NoSuchFileException when there is no such file
   * @throws IOException when they cannot be told
   * @throws IllegalArgumentException as {@link #read(FileReference, Duration)} does
   * @throws IllegalStateException when the store is closed
   */
  Map<String, String> tags(FileReference reference) throws IOException;

  /**
   * Removes what uploads have left that were neither completed nor aborted, as those of a process
   * that was killed and whose keys nobody has written again. An upload that goes on elsewhere fails
   * by it, so leave out the recent ones.
   *
   * @param prefix what the keys of the uploads begin with, empty for all
   * @param begunBefore only those begun before this time, by the store's clock
   * @return how many were removed
   * @throws IOException when they cannot be listed or removed
   * @throws IllegalStateException when the store is closed
   */
  int removeUnfinished(String prefix, Instant begunBefore) throws IOException;

  /** Gives up its connections; open uploads and streams fail. A second call does nothing. */
  @Override
  void close();
}
