package run.algo.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value for an output together with what an Algo may set of its record. What is not set follows
 * the input: its key, its headers, a file name derived from its position.
 *
 * <p>Immutable; the {@code with} methods return copies.
 *
 * @param <T> type of the value
 * @since 0.1.0
 */
public final class Output<T> {

  private final Pipe<T> pipe;
  private final T value;
  private final byte @Nullable [] key;
  private final List<RecordHeader> headers;
  private final @Nullable String fileName;

  private Output(
      Pipe<T> pipe,
      T value,
      byte @Nullable [] key,
      List<RecordHeader> headers,
      @Nullable String fileName) {
    this.pipe = pipe;
    this.value = value;
    this.key = key;
    this.headers = headers;
    this.fileName = fileName;
  }

  /**
   * A value with nothing set besides.
   *
   * @param pipe the output
   * @param value the value
   * @param <T> type of the value
   * @return the output record
   */
  public static <T> Output<T> of(Pipe<T> pipe, T value) {
    Objects.requireNonNull(pipe, "pipe");
    Objects.requireNonNull(value, "value");
    return new Output<>(pipe, value, null, List.of(), null);
  }

  /**
   * Sets the record's key.
   *
   * @param key the key, written as UTF-8
   * @return a copy with that key
   */
  public Output<T> withKey(String key) {
    return withKey(key.getBytes(UTF_8));
  }

  /**
   * Sets the record's key.
   *
   * @param key the key; not copied
   * @return a copy with that key
   */
  public Output<T> withKey(byte[] key) {
    return new Output<>(pipe, value, Objects.requireNonNull(key, "key"), headers, fileName);
  }

  /**
   * Sets a header; it replaces a header of that name carried over from the input.
   *
   * @param name the header's name; the names of the protocol ({@code traceID}, {@code
   *     messageDataType}, {@code run}, {@code retry*}, {@code origin*}, {@code dlq*}, ...) are
   *     refused, {@code contentType} is not
   * @param text the value, written as UTF-8
   * @return a copy with that header
   * @throws IllegalArgumentException when the protocol owns the name
   */
  public Output<T> withHeader(String name, String text) {
    return new Output<>(pipe, value, key, ReservedHeaders.with(headers, name, text), fileName);
  }

  /**
   * Sets the name of the payload, header {@code fileName}.
   *
   * @param fileName the name
   * @return a copy with that name
   */
  public Output<T> withFileName(String fileName) {
    return new Output<>(pipe, value, key, headers, Objects.requireNonNull(fileName, "fileName"));
  }

  /** {@return the output it is for} */
  public Pipe<T> pipe() {
    return pipe;
  }

  /** {@return the value} */
  public T value() {
    return value;
  }

  /** {@return the key set here, or {@code null}; not a copy} */
  public byte @Nullable [] key() {
    return key;
  }

  /** {@return the headers set here} */
  public List<RecordHeader> headers() {
    return headers;
  }

  /** {@return the file name set here, or {@code null}} */
  public @Nullable String fileName() {
    return fileName;
  }
}
