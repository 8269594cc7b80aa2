package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder that goes at the end, also when the program is interrupted. */
public final class Workspace implements AutoCloseable {

  private final Path folder;

  /** A folder where temporary ones are. */
  public Workspace() {
    this(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** A folder in one that need not be there yet. */
  public Workspace(Path parent) {
    try {
      folder = Files.createTempDirectory(Files.createDirectories(parent), "algo-compare-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "workspace-removal"));
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.deleteIfExists(file);
                } catch (IOException e) {
                  // A child that has not ended yet may still write: what it leaves is small.
                }
              });
    } catch (IOException | UncheckedIOException e) {
      System.err.println("not all of " + folder + " could be removed: " + e);
    }
  }
}
