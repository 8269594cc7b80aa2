package run.algo.sdk.kafka.config;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Small readers of texts that several settings share. */
final class Texts {

  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  // Bounded, so that a hostile text of a megabyte costs nothing.
  private static final int LONGEST_NUMBER = 400;
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "pass(word|wd|phrase)?|secret|token|credential|jaas|(^|[^a-z])key([^a-z]|$)|api.?key",
          Pattern.CASE_INSENSITIVE);

  private Texts() {}

  /** Reads what Go's {@code strconv.ParseBool} reads, and nothing else. */
  static Optional<Boolean> goBool(String text) {
    if (TRUE.contains(text)) {
      return Optional.of(true);
    }
    return FALSE.contains(text) ? Optional.of(false) : Optional.empty();
  }

  static boolean isLong(String text) {
    if (text.length() > LONGEST_NUMBER || !WHOLE.matcher(text).matches()) {
      return false;
    }
    try {
      Long.parseLong(text);
      return true;
    } catch (NumberFormatException e) {
      return false; // a whole number, but not one of 64 bits
    }
  }

  static boolean isFiniteDecimal(String text) {
    return text.length() <= LONGEST_NUMBER
        && DECIMAL.matcher(text).matches()
        && Double.isFinite(Double.parseDouble(text));
  }

  /** Whether the text can be the name of a Kafka topic. */
  static boolean isTopic(String text) {
    return text.length() <= 249
        && TOPIC.matcher(text).matches()
        && !text.equals(".")
        && !text.equals("..");
  }

  /** Whether the text keeps the rule for names of Algos, inputs and outputs. */
  static boolean isName(String text) {
    return text.length() <= 50 && NAME.matcher(text).matches();
  }

  static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  /** Whether a thing of that name should not have its value printed. */
  static boolean looksSecret(String name) {
    return name.length() > 500 || SECRET_NAME.matcher(name).find();
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }
}
