package run.algo.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One header of a record.
 *
 * @param name the header's name
 * @param value the value as it is on the wire; {@code null} where the header has none. Not copied:
 *     do not change it
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare contents
public record RecordHeader(String name, byte @Nullable [] value) {

  /** Checks the name. */
  // Written out: of a compact one the compiler of Java 17 forgets which parameters may be null.
  public RecordHeader(String name, byte @Nullable [] value) {
    this.name = Objects.requireNonNull(name, "name");
    this.value = value;
  }

  /**
   * A header with a text value.
   *
   * @param name the header's name
   * @param text the value, written as UTF-8
   * @return the header
   */
  public static RecordHeader of(String name, String text) {
    return new RecordHeader(name, text.getBytes(UTF_8));
  }

  /**
   * The value as UTF-8 text.
   *
   * @return the text, empty where the header has no value
   */
  public String text() {
    byte[] bytes = value;
    return bytes == null ? "" : new String(bytes, UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecordHeader that
        && name.equals(that.name)
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return name + "=" + text();
  }
}
