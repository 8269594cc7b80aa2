package run.algo.sdk.spi;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The content of a file that is read, and what the store knows of its length. For one thread at a
 * time.
 *
 * @see FileStore#read(FileReference)
 * @since 0.1.0
 */
public abstract class FileDownload extends InputStream {

  /** For implementations. */
  protected FileDownload() {}

  /**
   * How long the content is. An Algo that reads a file as a whole, and whose reference does not
   * tell, waits for so much memory; without it, for all that {@code ALGO_MEMORY_BUDGET} has.
   *
   * @return the length of the whole content in bytes, however much of it has been read; empty where
   *     the storage does not tell it
   */
  public abstract OptionalLong size();

  /**
   * A download of a stream.
   *
   * @param content the content from its beginning; closed with the download
   * @param size its length in bytes, empty where that is not known
   * @return the download
   */
  public static FileDownload of(InputStream content, OptionalLong size) {
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(size, "size");
    return new FileDownload() {
      @Override
      public OptionalLong size() {
        return size;
      }

      @Override
      public int read() throws IOException {
        return content.read();
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return content.read(into, offset, length);
      }

      @Override
      public int available() throws IOException {
        return content.available();
      }

      @Override
      public void close() throws IOException {
        content.close();
      }
    };
  }
}
