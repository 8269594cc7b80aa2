package run.algo.sdk.kafka.internal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder under which payloads become files ({@code ALGO_INPUT_DIR}). Nothing is made there
 * before it is needed. Thread-safe.
 */
public final class InputDirectory implements AutoCloseable {

  private final Path directory;

  /**
   * A folder.
   *
   * @param directory its path; made when it is missing
   */
  public InputDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * A new, empty folder that nobody else uses.
   *
   * @return its path
   * @throws IOException when it cannot be made
   */
  public Path create() throws IOException {
    Files.createDirectories(directory);
    return Files.createTempDirectory(directory, "payload-");
  }

  @Override
  public void close() {}
}
