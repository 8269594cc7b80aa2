package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table of the documentation is the code's: names, properties and defaults. */
class SettingsTableTest {

  private static final Pattern ROW =
      Pattern.compile("\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|");

  private record Row(String property, String defaultText, String meaning) {}

  private final Map<String, Row> rows = new LinkedHashMap<>();

  @BeforeEach
  void readTable() throws Exception {
    Path table = Path.of(System.getProperty("project.root"), "docs", "settings.md");
    for (String line : Files.readAllLines(table)) {
      Matcher matcher = ROW.matcher(line);
      if (matcher.matches()) {
        Row row = new Row(plain(matcher.group(2)), plain(matcher.group(3)), matcher.group(4));
        assertThat(rows.put(matcher.group(1), row)).as(line).isNull();
      } else {
        assertThat(line).as("a row that is not of four columns").doesNotStartWith("| `");
      }
    }
  }

  private static String plain(String cell) {
    return cell.replace("`", "").strip();
  }

  @Test
  void everySettingHasItsRow() {
    for (Setting setting : Setting.values()) {
      assertThat(rows).containsKey(setting.variable());
      Row row = rows.get(setting.variable());
      assertThat(row.property()).isEqualTo(setting.property());
      assertThat(row.defaultText()).as(setting.variable()).isEqualTo(setting.defaultText());
      assertThat(row.meaning()).as(setting.variable()).isNotBlank();
    }
  }

  @Test
  void everyVariableOfTheOperatorHasItsRow() {
    for (OperatorVariable variable : OperatorVariable.values()) {
      assertThat(rows).containsKey(variable.variable());
      Row row = rows.get(variable.variable());
      assertThat(row.defaultText()).as(variable.variable()).isEqualTo(variable.defaultText());
      assertThat(row.meaning()).as(variable.variable()).isNotBlank();
    }
  }

  @Test
  void thereIsNoOtherRow() {
    assertThat(rows).hasSize(Setting.values().length + OperatorVariable.values().length);
  }

  @Test
  void theDefaultsOfTheTableAreThoseInEffect() {
    Map<String, String> effective = Env.valid().load().effective();
    for (Setting setting : Setting.values()) {
      String text = effective.get(setting.variable());
      switch (setting) {
        case GROUP_ID -> assertThat(text).isEqualTo("algorun-test");
        case COMMIT_INTERVAL -> assertThat(text).isEqualTo("500ms");
        case MEMORY_BUDGET ->
            assertThat(text).isEqualTo(String.valueOf(Runtime.getRuntime().maxMemory() / 4));
        case TIMEOUT -> assertThat(text).isEqualTo("none");
        case STORAGE_PART_SIZE -> assertThat(text).isEqualTo(String.valueOf(8 << 20));
        case STUCK_AFTER, GATHER_TIMEOUT, STORAGE_TIMEOUT ->
            assertThat(text).isEqualTo(setting.defaultText() + "0s");
        case HEALTH_GRACE -> assertThat(text).isEqualTo("1m0s");
        case STORAGE_READ_BUCKETS -> assertThat(text).isEmpty();
        case RUNNER_CONFIG -> assertThat(text).isEqualTo("(not set)");
        default -> assertThat(text).as(setting.variable()).isEqualTo(setting.defaultText());
      }
    }
  }
}
