package run.algo.examples.quickstart;

import java.io.File;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What is printed at the end. */
final class Report {

  private static final int ROWS = 10;
  private static final int WIDEST_WORD = 24;
  private static final int LONGEST_BAR = 40;

  // Consoles of Windows still lack a font or an encoding for blocks.
  private static final String BAR = File.separatorChar == '\\' ? "#" : "█";

  private Report() {}

  /** Prints the most frequent words, the most frequent first, equal ones by the alphabet. */
  static void table(PrintStream out, Map<String, Long> counts) {
    List<Map.Entry<String, Long>> top =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(ROWS)
            .toList();
    if (top.isEmpty()) {
      out.println("  (no words)");
      return;
    }
    long most = top.get(0).getValue();
    int digits = Math.max(5, Long.toString(most).length());
    int width = top.stream().mapToInt(row -> shown(row.getKey()).length()).max().orElse(0);
    for (Map.Entry<String, Long> row : top) {
      long bar = Math.max(1, Math.round((double) LONGEST_BAR * row.getValue() / most));
      out.printf(
          Locale.ROOT,
          "  %-" + Math.max(10, width) + "s %" + digits + "d  %s%n",
          shown(row.getKey()),
          row.getValue(),
          BAR.repeat((int) bar));
    }
  }

  private static String shown(String word) {
    return word.codePointCount(0, word.length()) <= WIDEST_WORD
        ? word
        : word.substring(0, word.offsetByCodePoints(0, WIDEST_WORD - 1)) + "…";
  }

  /** The line of figures. */
  static String figures(long in, long out, double seconds, Map<Integer, Long> offsets) {
    String committed =
        offsets.entrySet().stream()
            .map(entry -> entry.getKey() + ":" + entry.getValue())
            .collect(Collectors.joining(" "));
    return String.format(
        Locale.ROOT,
        "%d records in, %d out, %.2f seconds, committed offsets %s",
        in,
        out,
        seconds,
        committed);
  }
}
