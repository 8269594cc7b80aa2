package run.algo.sdk.codec;

import java.io.InputStream;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * Turns values into bytes and back. One instance serves all threads at once, so an implementation
 * must be thread-safe.
 *
 * <p>An exception of any kind from {@link #decode} or {@link #encode} fails that record alone, with
 * reason {@code decode} or {@code encode}; it is not retried.
 *
 * @param <T> type of the values
 * @since 0.1.0
 */
public interface Codec<T> {

  /**
   * The content type of what {@link #encode} writes, used where the deployment names none.
   *
   * @return a media type such as {@code application/json}
   */
  String contentType();

  /**
   * Reads a value.
   *
   * @param bytes the record's value; not shared with anything else
   * @return the value
   * @throws Exception when the bytes are not a value of this format
   */
  T decode(byte[] bytes) throws Exception;

  /**
   * Reads a value whose bytes come from a stream, as those of a file in storage do.
   *
   * @param in the bytes, to their end; not closed
   * @return the value
   * @throws Exception when the bytes are not a value of this format, or cannot be read
   * @implSpec Reads all of it into memory. A format that need not should override this, and read
   *     the stream to its end: its content is verified there.
   */
  default T decode(InputStream in) throws Exception {
    return decode(in.readAllBytes());
  }

  /**
   * Writes a value.
   *
   * @param value the value
   * @return its bytes, which must not change afterwards
   * @throws Exception when the value cannot be written
   */
  byte[] encode(T value) throws Exception;

  /**
   * What a record without a value (a tombstone) is read as.
   *
   * @return {@code null} by default, so that the Algo meets the tombstone as such
   * @throws Exception when this format has no place for tombstones; fails the record as {@link
   *     #decode} does
   */
  default @Nullable T decodeTombstone() throws Exception {
    return null;
  }

  /**
   * JSON, by Jackson, with scalars taken strictly: {@code "1"} is no number, {@code 1.5} no
   * integer, {@code 1} no text and no enum constant; unknown properties are ignored; anything after
   * the value is an error.
   *
   * @param type class of the values
   * @param <T> type of the values
   * @return the codec
   */
  static <T> Codec<T> json(Class<T> type) {
    return new JsonCodec<>(type);
  }

  /**
   * JSON of a generic type.
   *
   * @param type the type
   * @param <T> type of the values
   * @return the codec
   * @see #json(Class)
   */
  static <T> Codec<T> json(TypeReference<T> type) {
    return new JsonCodec<>(type.getType());
  }

  /**
   * UTF-8 text; bytes that are not UTF-8 do not decode, and text with an unpaired surrogate does
   * not encode.
   *
   * @return the codec
   */
  static Codec<String> text() {
    return TextCodec.INSTANCE;
  }

  /**
   * Bytes as they are, without a copy.
   *
   * @return the codec
   */
  static Codec<byte[]> bytes() {
    return BytesCodec.INSTANCE;
  }

  /**
   * The format that a type has where none is named: {@code String} text, {@code byte[]} bytes, any
   * other JSON.
   *
   * @param type the type
   * @return the codec
   */
  static Codec<?> forType(Type type) {
    if (type == String.class) {
      return text();
    }
    if (type == byte[].class) {
      return bytes();
    }
    return new JsonCodec<>(type);
  }
}
