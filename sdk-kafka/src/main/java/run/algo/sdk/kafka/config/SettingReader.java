package run.algo.sdk.kafka.config;

import java.util.Optional;
import java.util.function.Function;

/** Reads one setting with a reader of values. */
final class SettingReader {

  private final Variables variables;
  private final Problems problems;

  SettingReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  /**
   * Returns the value, or nothing when the setting is absent or, which is reported, not acceptable.
   */
  Optional<Object> read(Setting setting, Function<String, Object> parser) {
    Optional<String> text = variables.text(setting);
    try {
      return text.map(String::strip).map(parser);
    } catch (IllegalArgumentException e) {
      problems.add(
          variables.label(setting),
          text.orElseThrow(),
          String.valueOf(e.getMessage()),
          setting.remedy());
      return Optional.empty();
    }
  }
}
