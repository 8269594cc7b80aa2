package run.algo.sdk;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.codec.Codec;
import tools.jackson.core.type.TypeReference;

/**
 * Describes a stream of records once: its name and the format of its values. The Algo that writes
 * it and the Algo that reads it share the constant, so the two ends cannot drift apart.
 *
 * <pre>{@code
 * static final Pipe<Order> ORDERS = Pipe.json("orders", Order.class);
 * }</pre>
 *
 * <p>The name is that of the Algo's input or output; which topic stands behind it is the
 * deployment's affair ({@code KAFKA_INPUT_TOPIC_ORDERS}). Names are matched without case. Two pipes
 * are equal when their names are. Immutable and thread-safe.
 *
 * @param <T> type of the values
 * @since 0.1.0
 */
public final class Pipe<T> {

  private final String name;
  private final Codec<T> codec;

  private Pipe(String name, Codec<T> codec) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a pipe needs a name: that of the Algo's input or output");
    }
    this.name = name.toLowerCase(Locale.ROOT);
    this.codec = Objects.requireNonNull(codec, "codec");
  }

  /**
   * A pipe with a format of one's own.
   *
   * @param name name of the input or output
   * @param codec the format
   * @param <T> type of the values
   * @return the pipe
   */
  public static <T> Pipe<T> of(String name, Codec<T> codec) {
    return new Pipe<>(name, codec);
  }

  /**
   * A pipe of JSON values.
   *
   * @param name name of the input or output
   * @param type class of the values
   * @param <T> type of the values
   * @return the pipe
   */
  public static <T> Pipe<T> json(String name, Class<T> type) {
    return new Pipe<>(name, Codec.json(type));
  }

  /**
   * A pipe of JSON values of a generic type: {@code Pipe.json("words", new
   * TypeReference<List<String>>() {})}.
   *
   * @param name name of the input or output
   * @param type the type
   * @param <T> type of the values
   * @return the pipe
   */
  public static <T> Pipe<T> json(String name, TypeReference<T> type) {
    return new Pipe<>(name, Codec.json(type));
  }

  /**
   * A pipe of UTF-8 text.
   *
   * @param name name of the input or output
   * @return the pipe
   */
  public static Pipe<String> text(String name) {
    return new Pipe<>(name, Codec.text());
  }

  /**
   * A pipe of bytes as they are.
   *
   * @param name name of the input or output
   * @return the pipe
   */
  public static Pipe<byte[]> bytes(String name) {
    return new Pipe<>(name, Codec.bytes());
  }

  /**
   * A pipe of payloads of any size, as stream, bytes or file. Whether they travel in the record or
   * by reference is the deployment's affair.
   *
   * @param name name of the input or output
   * @return the pipe
   */
  public static Pipe<Payload> payload(String name) {
    return new Pipe<>(name, Payload.codec());
  }

  /** {@return the name, in lower case} */
  public String name() {
    return name;
  }

  /** {@return the format of the values} */
  public Codec<T> codec() {
    return codec;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof Pipe<?> that && name.equals(that.name));
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "Pipe[" + name + ", " + codec.contentType() + "]";
  }
}
