package run.algo.sdk.kafka.internal.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;

/**
 * Names of files from names of payloads. Those are data from outside; what comes of them is one
 * name, never a path, on every usual file system.
 */
final class SafeName {

  /** Longest file name of the usual file systems, in bytes. */
  static final int MAX_BYTES = 255;

  /** What nothing is left of. */
  private static final String NOTHING = "payload";

  /** A longer one is none: the name has a point somewhere. In bytes, with the point. */
  private static final int LONGEST_EXTENSION = 33;

  /** Devices of Windows, with any extension. */
  private static final Set<String> DEVICES =
      Set.of(
          "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6",
          "com7", "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7",
          "lpt8", "lpt9");

  private SafeName() {}

  /**
   * Makes a name.
   *
   * @param name any text
   * @return its last part, without what is unsafe, of at most 255 bytes as UTF-8
   */
  static String of(String name) {
    String part = lastPart(name);
    StringBuilder safe = new StringBuilder();
    part.codePoints().forEach(codePoint -> append(safe, codePoint));
    // Windows drops points and spaces at the end, and so could make another name of it.
    String trimmed = safe.toString().strip().replaceAll("[. ]+$", "");
    if (trimmed.isEmpty()) {
      return NOTHING;
    }
    int point = trimmed.indexOf('.');
    String stem = point < 0 ? trimmed : trimmed.substring(0, point);
    return cut(DEVICES.contains(stem.strip().toLowerCase(Locale.ROOT)) ? "_" + trimmed : trimmed);
  }

  /**
   * The same for a process whose locale has no more than ASCII.
   *
   * @param safe a safe name
   * @return the name, with a low line for what is not ASCII
   */
  static String ascii(String safe) {
    return new String(safe.getBytes(US_ASCII), US_ASCII).replace('?', '_');
  }

  private static String lastPart(String name) {
    int end = name.length();
    // "a/b/" is b.
    while (end > 0 && isSeparator(name.charAt(end - 1))) {
      end--;
    }
    int begin = end;
    while (begin > 0 && !isSeparator(name.charAt(begin - 1))) {
      begin--;
    }
    return name.substring(begin, end);
  }

  private static boolean isSeparator(char c) {
    return c == '/' || c == '\\';
  }

  private static void append(StringBuilder safe, int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE -> {}
      default -> safe.appendCodePoint(isUnsafe(codePoint) ? '_' : codePoint);
    }
  }

  private static boolean isUnsafe(int codePoint) {
    if (codePoint < 128) {
      return "<>:\"|?*/\\".indexOf(codePoint) >= 0;
    }
    // One that looks like a point, slash or the like may become it where names are normalised.
    String plain = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKC);
    return plain.chars().anyMatch(c -> c == '.' || (c < 128 && isUnsafe(c)))
        || "\u2215\u2044\u29F8\u29F5\u2216".indexOf(codePoint) >= 0;
  }

  /** Shortens the name before its extension, between two characters. */
  private static String cut(String name) {
    if (bytes(name) <= MAX_BYTES) {
      return name;
    }
    int point = name.lastIndexOf('.');
    String extension = point <= 0 ? "" : name.substring(point);
    if (bytes(extension) > LONGEST_EXTENSION) {
      extension = "";
    }
    int room = MAX_BYTES - bytes(extension);
    StringBuilder stem = new StringBuilder();
    int used = 0;
    for (int at = 0; at < name.length(); at += Character.charCount(name.codePointAt(at))) {
      int codePoint = name.codePointAt(at);
      used += bytes(Character.toString(codePoint));
      if (used > room) {
        break;
      }
      stem.appendCodePoint(codePoint);
    }
    return stem + extension;
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}
