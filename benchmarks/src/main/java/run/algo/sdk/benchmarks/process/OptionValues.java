package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Options of a command line by name, each taken once.
 *
 * @param given what was given; what is taken goes from it
 */
public record OptionValues(Map<String, String> given) {

  /** A text. */
  public String text(String name, String defaultValue) {
    String value = given.remove(name);
    return value == null ? defaultValue : value;
  }

  /** Words with blanks between, none by default. */
  public List<String> words(String name) {
    List<String> words = new ArrayList<>(Arrays.asList(text(name, "").strip().split("\\s+")));
    words.removeIf(String::isEmpty);
    return words;
  }

  /** A positive whole number. */
  public long number(String name, long defaultValue) {
    String value = text(name, Long.toString(defaultValue)).replace("_", "");
    if (!value.matches("[1-9][0-9]{0,9}")) {
      throw new IllegalArgumentException(
          "--" + name + " is " + value + ": use a positive whole number");
    }
    return Long.parseLong(value);
  }

  /** Refuses what nobody has taken. */
  public void checkAllTaken() {
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("there are no options " + given.keySet());
    }
  }
}
