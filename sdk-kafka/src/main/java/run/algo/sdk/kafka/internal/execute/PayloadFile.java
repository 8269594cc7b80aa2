package run.algo.sdk.kafka.internal.execute;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.InputDirectory;

/** Writes a payload to the disk. */
final class PayloadFile {

  private static final int BUFFER = 64 * 1024;

  private PayloadFile() {}

  /**
   * Writes all of it.
   *
   * @param in the content; what it throws is thrown on
   * @param directory where files are
   * @param folder one of its folders, new
   * @param name name of the payload
   * @param failures tell what goes wrong with the disk
   * @return the file
   * @throws StorageException when the disk does not take it; part of it may be there
   */
  static Path write(
      InputStream in, InputDirectory directory, Path folder, String name, ReadFailures failures)
      throws IOException {
    InputDirectory.NewFile file;
    try {
      file = directory.file(folder, name);
    } catch (IOException e) {
      throw failures.onDisk(folder, e);
    }
    // Closed by hand: only what the disk throws is the disk's, and closing may be where it does.
    boolean written = false;
    try {
      copy(in, file.content(), folder, failures);
      written = true;
    } finally {
      close(file.content(), folder, failures, written);
    }
    return file.path();
  }

  private static void copy(
      InputStream in, WritableByteChannel out, Path folder, ReadFailures failures)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
      try {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      } catch (IOException e) {
        throw failures.onDisk(folder, e);
      }
    }
  }

  private static void close(
      WritableByteChannel out, Path folder, ReadFailures failures, boolean written)
      throws StorageException {
    try {
      out.close();
    } catch (IOException e) {
      if (written) {
        throw failures.onDisk(folder, e);
      }
    }
  }
}
