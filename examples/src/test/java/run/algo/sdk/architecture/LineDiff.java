package run.algo.sdk.architecture;

import java.util.List;

/** The lines by which two texts differ, each under the type that it belongs to. */
final class LineDiff {

  private LineDiff() {}

  /** Lines that are only in the first text with {@code -}, only in the second with {@code +}. */
  static String of(List<String> before, List<String> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    StringBuilder diff = new StringBuilder();
    String heading = "";
    String printed = "";
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      boolean same = i < before.size() && j < after.size() && before.get(i).equals(after.get(j));
      boolean removed =
          !same && i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1]);
      String line = removed || same ? before.get(i) : after.get(j);
      if (!same && !line.isEmpty()) {
        if (line.startsWith(" ") && !heading.equals(printed)) {
          diff.append("  ").append(heading).append('\n');
          printed = heading;
        }
        diff.append(removed ? "- " : "+ ").append(line).append('\n');
      }
      if (!line.startsWith(" ") && !line.isEmpty()) {
        heading = line;
        printed = same ? printed : line;
      }
      i += removed || same ? 1 : 0;
      j += removed ? 0 : 1;
    }
    return diff.toString();
  }
}
