package run.algo.sdk.kafka.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Warns of variables that look like settings of the SDK but are none. */
final class StrayVariables {

  private static final String PREFIX = "ALGO_";

  // Beyond this a name is no misspelling, and a distance would cost its length.
  private static final int LONGEST_NAME = 100;

  private static final Map<String, Setting> SETTINGS =
      Arrays.stream(Setting.values())
          .collect(Collectors.toMap(Setting::variable, Function.identity()));

  private StrayVariables() {}

  static void warn(Variables variables, Problems problems) {
    variables
        .beginningWith(PREFIX)
        .filter(name -> !SETTINGS.containsKey(name))
        .forEach(
            name -> {
              String label = variables.label(name);
              String text = problems.shown(label) + " is no setting and is ignored";
              if (name.length() <= LONGEST_NAME) {
                Setting nearest = nearest(name);
                text +=
                    "; did you mean "
                        + (label.equals(name) ? nearest.variable() : nearest.property())
                        + "?";
              }
              problems.warn(text);
            });
  }

  private static Setting nearest(String name) {
    return Arrays.stream(Setting.values())
        .min(Comparator.comparingInt(setting -> distance(name, setting.variable())))
        .orElseThrow();
  }

  /** Returns how many characters must be added, removed or replaced, after Levenshtein. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
