package run.algo.sdk.kafka.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import run.algo.sdk.RecordPosition;

/**
 * Names the objects that executions write: {@code
 * <trace>/<topic>-<partition>-<offset>-<writer>/<output>-<index>-<name>}. The writer stands for the
 * Algo, of which several may read one topic and have outputs of one name. The same emission has the
 * same key however often its record is executed, so a retry overwrites.
 *
 * <p>All of it but the index may be data from outside, and the key must pass the rules that
 * references are read by: what may not stand in a segment becomes {@code _}, and a segment is cut
 * to 255 bytes. Where a trace or a topic was changed by that, {@code ~} and a part of its SHA-256
 * follow; one that ends like that by itself counts as changed. So two traces share no folder. Two
 * emissions of an execution differ by their index, which is told apart from the digits that an
 * output's or a payload's name may hold.
 */
public final class ObjectKeys {

  /** As long as a file's name may be on the usual file systems. */
  private static final int SEGMENT = 255;

  private static final int HASH_DIGITS = 16;

  private static final int WRITER_DIGITS = 8;

  private static final Pattern VERSION = Pattern.compile(":[^\\[]*");

  /** Room for the name that is left by the longest output. */
  private static final int LONGEST_OUTPUT = 100;

  /** What is longer is hardly an extension. */
  private static final int LONGEST_EXTENSION = 32;

  private static final Pattern LIKE_CHANGED = Pattern.compile(".*~[0-9a-f]{16}", Pattern.DOTALL);

  /** Within an output's name these would look like its emission's index. */
  private static final Pattern LIKE_INDEX = Pattern.compile("-(?=[0-9]+(-|$))");

  /** Output of a record whose own content goes to storage when it is a dead letter. */
  private static final String DEAD_LETTER = "dead-letter";

  private ObjectKeys() {}

  /**
   * The key of what an execution has emitted.
   *
   * @param writer the Algo, as {@link #writer} has it
   * @param trace the trace ID, as its header has it
   * @param position where the record was first read
   * @param output the output's name
   * @param index which of the execution's emissions it is, from 0
   * @param name name of the payload
   * @return the key
   */
  public static String of(
      String writer, byte[] trace, RecordPosition position, String output, int index, String name) {
    String safe = LIKE_INDEX.matcher(cut(safe(output), LONGEST_OUTPUT)).replaceAll("_");
    return key(
        writer,
        trace,
        position,
        (safe.equals(DEAD_LETTER) ? "dead_letter" : safe) + "-" + index,
        name);
  }

  /**
   * The key of a record's own content.
   *
   * @param writer the Algo, as {@link #writer} has it
   * @param trace the trace ID, as its header has it
   * @param position where the record was first read
   * @param name name of the payload
   * @return the key
   */
  public static String ofDeadLetter(
      String writer, byte[] trace, RecordPosition position, String name) {
    return key(writer, trace, position, DEAD_LETTER + "-0", name);
  }

  /**
   * What stands for an Algo in its keys: the same in each version of it, so that a record which is
   * executed again by the next one writes the same keys.
   *
   * @param algo the Algo's full name, {@code owner/name:version[index]}, or another text
   * @return a few letters
   */
  public static String writer(String algo) {
    return hash(VERSION.matcher(algo).replaceFirst("").getBytes(UTF_8)).substring(0, WRITER_DIGITS);
  }

  private static String key(
      String writer, byte[] trace, RecordPosition position, String emission, String name) {
    String where = "-" + position.partition() + "-" + position.offset() + "-" + writer;
    String head = emission + "-";
    return unmistakable(trace, SEGMENT)
        + "/"
        + unmistakable(position.topic().getBytes(UTF_8), SEGMENT - length(where))
        + where
        + "/"
        + head
        + cutName(safe(name), SEGMENT - length(head));
  }

  /** A text that no other original has, in so many bytes. */
  private static String unmistakable(byte[] original, int limit) {
    String text = new String(original, UTF_8);
    String safe = segment(safe(text));
    if (original.length > 0
        && original.length <= limit
        && Arrays.equals(safe.getBytes(UTF_8), original)
        && !LIKE_CHANGED.matcher(text).matches()) {
      return safe;
    }
    return cut(safe, limit - 1 - HASH_DIGITS) + "~" + hash(original);
  }

  /** What alone would not be a name. */
  private static String segment(String safe) {
    return switch (safe) {
      case "." -> "_";
      case ".." -> "__";
      default -> safe;
    };
  }

  private static String safe(String text) {
    int first = 0;
    while (first < text.length() && !unsafe(text.codePointAt(first))) {
      first += Character.charCount(text.codePointAt(first));
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(point -> safe.appendCodePoint(unsafe(point) ? '_' : point));
    return safe.toString();
  }

  private static boolean unsafe(int point) {
    return point == '/'
        || point == '\\'
        || Character.isISOControl(point)
        || point == 0xFFFE // neither this nor the next can stand in a store's XML
        || point == 0xFFFF
        || (point <= Character.MAX_VALUE && Character.isSurrogate((char) point));
  }

  /** The beginning and the extension. */
  private static String cutName(String name, int limit) {
    if (length(name) <= limit) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    String extension = dot > 0 ? name.substring(dot) : "";
    return length(extension) > LONGEST_EXTENSION
        ? cut(name, limit)
        : cut(name, limit - length(extension)) + extension;
  }

  /** The beginning of a text that takes so many bytes at most, in whole code points. */
  private static String cut(String text, int limit) {
    int bytes = 0;
    int end = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (bytes > limit) {
        return text.substring(0, end);
      }
      end += Character.charCount(point);
    }
    return text;
  }

  private static int length(String text) {
    return text.getBytes(UTF_8).length;
  }

  private static String hash(byte[] original) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(original);
      return HexFormat.of().formatHex(digest, 0, HASH_DIGITS / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
