package run.algo.sdk;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Content that is in memory, to be written. */
final class BytesPayload implements Payload {

  private final byte[] content;

  BytesPayload(byte[] content) {
    this.content = content;
  }

  @Override
  public String name() {
    return "";
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(content.length);
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(content);
  }

  @Override
  public byte[] bytes() {
    return content;
  }

  @Override
  public Path path() throws IOException {
    throw new IOException(
        "a payload made of bytes is no file; the payload of a record can be one, and Payload.of(path)"
            + " is");
  }

  @Override
  public String toString() {
    return "Payload[" + content.length + " bytes]";
  }
}
