package run.algo.sdk.kafka.config;

import java.util.List;

/**
 * What the text of a parameter must be.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param kind how the text is read
 * @param name the type's name in the config; empty when the config names none
 * @param options the allowed texts of {@link Kind#OPTION}, else empty
 * @since 0.1.0
 */
public record DataType(Kind kind, String name, List<String> options) {

  /** How the text of a parameter is read. */
  public enum Kind {
    /** Any text. */
    TEXT,
    /** A decimal whole number of 64 bits. */
    INTEGER,
    /** A finite decimal number with an optional fraction and exponent. */
    DECIMAL,
    /** A Go bool: {@code 1 t T TRUE true True} or {@code 0 f F FALSE false False}. */
    BOOLEAN,
    /** One of the options, matched exactly. */
    OPTION
  }

  /** Any text: the type of a parameter whose config names none. */
  public static final DataType TEXT = new DataType(Kind.TEXT, "", List.of());

  /** Copies the options. */
  public DataType {
    options = List.copyOf(options);
  }

  /**
   * Checks that a text is of this type.
   *
   * @param text the text
   * @return whether it is
   */
  public boolean accepts(String text) {
    return switch (kind) {
      case TEXT -> true;
      case INTEGER -> Texts.isLong(text);
      case DECIMAL -> Texts.isFiniteDecimal(text);
      case BOOLEAN -> Texts.goBool(text).isPresent();
      case OPTION -> options.contains(text);
    };
  }

  /** Returns what a text of this type is, for a message: {@code a whole number}. */
  String description() {
    return switch (kind) {
      case TEXT -> "a text";
      case INTEGER -> "a whole number of 64 bits";
      case DECIMAL -> "a decimal number";
      case BOOLEAN -> "true or false";
      case OPTION -> "one of " + String.join(", ", options);
    };
  }
}
