package run.algo.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file to be written to an output by {@link AlgoContext#openOutput(OutputFile)}, together with
 * what an Algo may set of the record that will refer to it. What is not set follows the input: its
 * key, its headers.
 *
 * <p>Immutable; the {@code with} methods return copies.
 *
 * @since 0.1.0
 */
public final class OutputFile {

  private final Pipe<?> pipe;
  private final String name;
  private final byte @Nullable [] key;
  private final List<RecordHeader> headers;

  private OutputFile(Pipe<?> pipe, String name, byte @Nullable [] key, List<RecordHeader> headers) {
    this.pipe = pipe;
    this.name = name;
    this.key = key;
    this.headers = headers;
  }

  /**
   * A file with nothing set besides.
   *
   * @param pipe the output; its codec is not used
   * @param name name of the payload, header {@code fileName}; any text
   * @return the file
   */
  public static OutputFile of(Pipe<?> pipe, String name) {
    return new OutputFile(
        Objects.requireNonNull(pipe, "pipe"),
        Objects.requireNonNull(name, "name"),
        null,
        List.of());
  }

  /**
   * Sets the key of the record.
   *
   * @param key the key, written as UTF-8
   * @return a copy with that key
   */
  public OutputFile withKey(String key) {
    return withKey(key.getBytes(UTF_8));
  }

  /**
   * Sets the key of the record.
   *
   * @param key the key; not copied
   * @return a copy with that key
   */
  public OutputFile withKey(byte[] key) {
    return new OutputFile(pipe, name, Objects.requireNonNull(key, "key"), headers);
  }

  /**
   * Sets a header of the record; it replaces a header of that name carried over from the input.
   *
   * @param header the header's name, as of {@link Output#withHeader}
   * @param text the value, written as UTF-8
   * @return a copy with that header
   * @throws IllegalArgumentException when the protocol owns the name
   */
  public OutputFile withHeader(String header, String text) {
    return new OutputFile(pipe, name, key, ReservedHeaders.with(headers, header, text));
  }

  /** {@return the output it is for} */
  public Pipe<?> pipe() {
    return pipe;
  }

  /** {@return name of the payload} */
  public String name() {
    return name;
  }

  /** {@return the key set here, or {@code null}; not a copy} */
  public byte @Nullable [] key() {
    return key;
  }

  /** {@return the headers set here} */
  public List<RecordHeader> headers() {
    return headers;
  }
}
