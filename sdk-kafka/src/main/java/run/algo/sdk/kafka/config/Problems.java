package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;

/** Collects what is wrong and what is odd, free of secrets. */
final class Problems {

  private static final int LONGEST_WARNING = 500;
  private static final int LONGEST_PART = 80;

  private final Redactor redactor;
  private final List<ConfigurationProblem> found = new ArrayList<>();
  private final Set<String> warnings = new LinkedHashSet<>();

  Problems(Redactor redactor) {
    this.redactor = redactor;
  }

  /** Adds a problem; message and remedy hold parts of values only as {@link #shown}. */
  void add(String setting, String value, String message, String remedy) {
    if (redactor.holdsSecret(value)) {
      // The message may quote a piece of the value that is too short to be recognised.
      found.add(
          new ConfigurationProblem(
              redactor.scrub(setting),
              ConfigurationProblem.MASK,
              "is not acceptable, and holds the text of a secret",
              redactor.scrub(remedy)));
      return;
    }
    found.add(
        new ConfigurationProblem(
            redactor.scrub(setting), value, redactor.scrub(message), redactor.scrub(remedy)));
  }

  /** Adds a problem of a setting that is absent. */
  void missing(String setting, String message, String remedy) {
    add(setting, ConfigurationProblem.NOT_SET, message, remedy);
  }

  /** Adds a problem of a setting whose value is never shown. */
  void masked(String setting, String message, String remedy) {
    add(setting, ConfigurationProblem.MASK, message, remedy);
  }

  void warn(String warning) {
    warnings.add(ConfigurationProblem.printable(redactor.scrub(warning), LONGEST_WARNING));
  }

  /** Returns a part of a value, fit to stand in a message. */
  String shown(String part) {
    return shown(part, LONGEST_PART);
  }

  String shown(String part, int maxLength) {
    return ConfigurationProblem.printable(redactor.scrub(part), maxLength);
  }

  boolean holdsSecret(String text) {
    return redactor.holdsSecret(text);
  }

  /** Returns how many problems there are so far. */
  int count() {
    return found.size();
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new AlgoConfigurationException(found);
    }
  }
}
