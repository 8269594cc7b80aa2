package run.algo.examples.imageresize;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import run.algo.sdk.NonRetriableException;

/**
 * A file that was found to begin as a picture does.
 *
 * @param path the file
 * @param header what it says of itself
 * @param bytes its length
 */
record PictureFile(Path path, Picture.Header header, long bytes) {

  /** Says in one sentence why a file cannot be used. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  /**
   * Looks at a file before anything is started.
   *
   * @throws UnusableException when there is no such file, or it is no picture
   */
  static PictureFile check(String name) throws UnusableException {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new UnusableException("\"" + name + "\" is not a path: " + e.getReason());
    }
    if (!Files.exists(path)) {
      throw new UnusableException(
          "There is no file \"" + name + "\" in " + Path.of("").toAbsolutePath());
    }
    if (!Files.isRegularFile(path)) {
      throw new UnusableException(name + " is not a file but a folder, or something else");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return new PictureFile(path, Picture.header(in), Files.size(path));
    } catch (NonRetriableException e) {
      throw new UnusableException(name + " cannot be resized: " + e.getMessage());
    } catch (AccessDeniedException e) {
      throw new UnusableException(name + " may not be read by this user");
    } catch (IOException e) {
      throw new UnusableException(name + " cannot be read: " + e.getMessage());
    }
  }

  String name() {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s: %s, %,d bytes", name(), header, bytes);
  }
}
