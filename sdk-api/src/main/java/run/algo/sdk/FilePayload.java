package run.algo.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Content that is a file of the author's, to be written. */
final class FilePayload implements Payload {

  private final Path file;

  FilePayload(Path file) {
    this.file = file;
  }

  @Override
  public String name() {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  /** Not asked of the disk here: it may still grow, and the question may fail. */
  @Override
  public OptionalLong size() {
    return OptionalLong.empty();
  }

  @Override
  public InputStream open() throws IOException {
    return Files.newInputStream(file);
  }

  @Override
  public byte[] bytes() throws IOException {
    return Files.readAllBytes(file);
  }

  @Override
  public Path path() {
    return file;
  }

  @Override
  public String toString() {
    return "Payload[" + file + "]";
  }
}
