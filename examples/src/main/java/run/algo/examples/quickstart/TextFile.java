package run.algo.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** A file that was found to be text, with lines that fit a record each. */
final class TextFile {

  /** The longest line, in bytes; the quickstart's own topics take it, and what is made of it. */
  static final int LONGEST_LINE = 8 * 1024 * 1024;

  private final Path path;
  private final boolean empty;

  private TextFile(Path path, boolean empty) {
    this.path = path;
    this.empty = empty;
  }

  /** Says in one sentence why a file cannot be used. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  /**
   * Reads a file once, so that nothing is published of one that turns out unusable at its end.
   *
   * @throws UnusableException when there is no such file, or it is no text
   */
  static TextFile check(String name) throws UnusableException {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new UnusableException("\"" + name + "\" is not a path: " + e.getReason());
    }
    if (name.isBlank() || !Files.exists(path)) {
      throw new UnusableException(
          "There is no file \"" + name + "\" in " + Path.of("").toAbsolutePath());
    }
    if (!Files.isRegularFile(path)) {
      throw new UnusableException(name + " is not a file but a folder, or something else");
    }
    try (Reader reader = Files.newBufferedReader(path, UTF_8)) {
      return new TextFile(path, measure(name, reader) == 0);
    } catch (CharacterCodingException e) {
      throw new UnusableException(name + " is not a text in UTF-8: convert it first");
    } catch (AccessDeniedException e) {
      throw new UnusableException(name + " may not be read by this user");
    } catch (IOException e) {
      throw new UnusableException(name + " cannot be read: " + e.getMessage());
    }
  }

  private static long measure(String name, Reader reader) throws IOException, UnusableException {
    char[] buffer = new char[8192];
    long total = 0;
    long line = 1;
    int length = 0;
    for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
      total += count;
      for (int i = 0; i < count; i++) {
        char c = buffer[i];
        if (c == 0) {
          throw new UnusableException(name + " is a binary file: line " + line + " has a NUL");
        }
        if (c == '\n') {
          line++;
          length = 0;
        } else {
          length += encodedLength(c);
        }
        if (length > LONGEST_LINE) {
          throw new UnusableException(
              String.format(
                  Locale.ROOT,
                  "Line %d of %s is longer than %d MiB, the most that fits a record here",
                  line,
                  name,
                  LONGEST_LINE >> 20));
        }
      }
    }
    return total;
  }

  private static int encodedLength(char c) {
    if (c < 0x80) {
      return 1;
    }
    return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }

  boolean isEmpty() {
    return empty;
  }

  /** Opens it for {@link BufferedReader#readLine()}. */
  BufferedReader open() throws IOException {
    return Files.newBufferedReader(path, UTF_8);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
