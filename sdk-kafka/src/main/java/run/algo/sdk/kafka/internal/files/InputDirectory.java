package run.algo.sdk.kafka.internal.files;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder under which payloads become files ({@code ALGO_INPUT_DIR}). Nothing is made there
 * before it is needed. It may be shared, also with other processes: a runner has a {@link
 * ProcessFolder} in it, and a payload a folder in that. When a runner makes its own it removes
 * those of runners that were killed. Thread-safe.
 */
public final class InputDirectory implements AutoCloseable {

  private final Path directory;
  private @Nullable ProcessFolder own;
  private boolean closed;

  /**
   * A folder.
   *
   * @param directory its path; made when it is missing
   */
  public InputDirectory(Path directory) {
    this.directory = directory;
  }

  /** {@return its path} */
  public Path path() {
    return directory;
  }

  /**
   * A new, empty folder that nobody else uses.
   *
   * @return its path, absolute; to be {@linkplain #remove removed}
   * @throws IOException when it cannot be made
   * @throws IllegalStateException when this is closed
   */
  public synchronized Path create() throws IOException {
    if (closed) {
      throw new IllegalStateException("the runner has ended, and with it the files of its records");
    }
    ProcessFolder known = own;
    if (known != null) {
      try {
        return Files.createTempDirectory(known.path(), "");
      } catch (NoSuchFileException e) { // removed by somebody who cleans up, as tmpfiles does
        known.close();
      }
    }
    Files.createDirectories(directory);
    ProcessFolder made = ProcessFolder.create(directory.toAbsolutePath());
    own = made;
    return Files.createTempDirectory(made.path(), "");
  }

  /**
   * Makes a file in a folder.
   *
   * @param folder what {@link #create} has returned
   * @param name name of the payload; any text
   * @return the file, empty, with a name that is safe
   * @throws IOException when it cannot be made
   */
  public NewFile file(Path folder, String name) throws IOException {
    String safe = SafeName.of(name);
    Path file;
    try {
      file = folder.resolve(safe);
    } catch (InvalidPathException e) { // as for letters in a process whose locale is C
      file = folder.resolve(SafeName.ascii(safe));
    }
    return new NewFile(
        file,
        Files.newByteChannel(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)));
  }

  /**
   * A file that was just made.
   *
   * @param path its path
   * @param content to be written and closed
   */
  public record NewFile(Path path, SeekableByteChannel content) {}

  /**
   * Removes a folder with what is in it. Links are removed, not followed.
   *
   * @param folder what {@link #create} has returned
   * @throws IOException when not all of it can be removed
   */
  public void remove(Path folder) throws IOException {
    FileTrees.remove(folder);
  }

  /** Removes the runner's folder with what is left in it, and makes none any more. */
  @Override
  public synchronized void close() {
    closed = true;
    ProcessFolder known = own;
    own = null;
    if (known != null) {
      known.close();
    }
  }
}
