package run.algo.sdk.kafka.internal.files;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Removes folders. */
final class FileTrees {

  /** A thread that is late may make a file while its folder is removed. */
  private static final int TRIES = 3;

  private FileTrees() {}

  /**
   * Removes a folder and what is in it. A link is removed as such: what it leads to stays.
   *
   * @throws IOException when something cannot be removed; what can be is
   */
  static void remove(Path folder) throws IOException {
    Removing removing = new Removing();
    for (int i = 0; i < TRIES; i++) {
      removing.failure = null;
      Files.walkFileTree(folder, removing);
      if (!(removing.failure instanceof DirectoryNotEmptyException)) {
        break;
      }
    }
    if (removing.failure != null) {
      throw removing.failure;
    }
  }

  /** Follows no links: that is how a walk is without options. */
  private static final class Removing extends SimpleFileVisitor<Path> {

    private @Nullable IOException failure;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      return delete(file);
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return failed(e);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
      return e == null ? delete(folder) : failed(e);
    }

    private FileVisitResult delete(Path path) {
      try {
        Files.deleteIfExists(path);
        return FileVisitResult.CONTINUE;
      } catch (IOException e) {
        return failed(e);
      }
    }

    private FileVisitResult failed(IOException e) {
      if (!(e instanceof NoSuchFileException)) {
        failure = e;
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
