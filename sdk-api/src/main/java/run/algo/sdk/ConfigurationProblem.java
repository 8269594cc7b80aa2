package run.algo.sdk;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

/**
 * One thing that is wrong with a setting, ready to be printed.
 *
 * <p>The constructor makes every part fit for one line of a log: control characters, line
 * separators and unpaired surrogates are escaped, and long texts are cut. It cannot know secrets:
 * who creates a problem about a secret setting passes a mask as the value.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param setting name of the setting as its user wrote it, usually an environment variable
 * @param value the offending value, at most {@value #MAX_VALUE} characters, or {@link #NOT_SET}
 * @param message what is wrong with it
 * @param remedy what to do about it
 * @since 0.1.0
 */
public record ConfigurationProblem(String setting, String value, String message, String remedy)
    implements Serializable {

  /** The value of a setting that is absent. */
  public static final String NOT_SET = "(not set)";

  /** The value shown in place of a secret. */
  public static final String MASK = "***";

  private static final int MAX_VALUE = 120;
  private static final int MAX_TEXT = 2000;
  private static final long serialVersionUID = 1L;

  /** Escapes and cuts the parts. */
  public ConfigurationProblem {
    setting = printable(Objects.requireNonNull(setting, "setting"), MAX_VALUE);
    value = printable(Objects.requireNonNull(value, "value"), MAX_VALUE);
    message = printable(Objects.requireNonNull(message, "message"), MAX_TEXT);
    remedy = printable(Objects.requireNonNull(remedy, "remedy"), MAX_TEXT);
  }

  /**
   * Returns the text with everything escaped that could break or forge a line of a log, cut to a
   * length.
   *
   * @param text any text
   * @param maxLength most characters of the result, at least 1; a cut text ends with an ellipsis
   * @return the printable text
   * @throws IllegalArgumentException when {@code maxLength} is less than 1
   */
  public static String printable(String text, int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException("maxLength must be at least 1, but is " + maxLength);
    }
    StringBuilder result = new StringBuilder(Math.min(text.length(), maxLength) + 8);
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      int before = result.length();
      append(result, codePoint);
      at += Character.charCount(codePoint);
      boolean more = at < text.length();
      if (result.length() > maxLength || (more && result.length() == maxLength)) {
        // Drops the character, or the escape, that does not fit as a whole.
        result.setLength(before);
        return result.append('…').toString();
      }
    }
    return result.toString();
  }

  private static void append(StringBuilder result, int codePoint) {
    switch (codePoint) {
      case '\n' -> result.append("\\n");
      case '\r' -> result.append("\\r");
      case '\t' -> result.append("\\t");
      default -> {
        if (isUnprintable(codePoint)) {
          result.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
        } else {
          result.appendCodePoint(codePoint);
        }
      }
    }
  }

  private static boolean isUnprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          true;
      default -> false;
    };
  }

  /**
   * Returns the problem as one line: {@code setting = value: message; remedy}.
   *
   * @return the line, without a line break
   */
  public String line() {
    return setting + " = " + value + ": " + message + "; " + remedy;
  }
}
