package run.algo.examples.operations;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import run.algo.sdk.kafka.config.Setting;

/** The variables that the code reads, with their defaults. */
final class Variables {

  private Variables() {}

  /** Defaults by the name of the variable, or its pattern. */
  static Map<String, String> all() {
    Map<String, String> all = new TreeMap<>();
    for (Setting setting : Setting.values()) {
      all.put(setting.variable(), setting.defaultText());
    }
    try { // those of the operator are nobody's but the SDK's
      Class<?> type = Class.forName("run.algo.sdk.kafka.config.OperatorVariable");
      Method variable = type.getDeclaredMethod("variable");
      Method defaultText = type.getDeclaredMethod("defaultText");
      variable.setAccessible(true);
      defaultText.setAccessible(true);
      for (Object constant : type.getEnumConstants()) {
        all.put((String) variable.invoke(constant), (String) defaultText.invoke(constant));
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the variables of the operator cannot be read", e);
    }
    return all;
  }

  static boolean isKnown(String variable) {
    return all().keySet().stream()
        .anyMatch(
            known -> {
              int placeholder = known.indexOf('<');
              return placeholder < 0
                  ? known.equals(variable)
                  : variable.startsWith(known.substring(0, placeholder));
            });
  }

  /** The default of a variable that there is. */
  static String defaultOf(String variable) {
    String value = all().get(variable);
    if (value == null) {
      throw new AssertionError("no variable " + variable);
    }
    return value;
  }

  /** Whether a system property is that of a setting. */
  static boolean isProperty(String property) {
    return Arrays.stream(Setting.values()).anyMatch(s -> s.property().equals(property));
  }

  /** The {@code -Dname=value} of a command line. */
  static Properties properties(String commandLine) {
    Properties properties = new Properties();
    for (String word : commandLine.split(" ", -1)) {
      if (word.startsWith("-D")) {
        String[] parts = word.substring(2).split("=", 2);
        properties.setProperty(parts[0], parts[1]);
      }
    }
    return properties;
  }
}
