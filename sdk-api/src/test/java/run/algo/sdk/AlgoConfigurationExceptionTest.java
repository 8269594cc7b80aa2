package run.algo.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlgoConfigurationExceptionTest {

  private final ConfigurationProblem first =
      new ConfigurationProblem("ALGO_ORDERING", "keys", "is unknown", "use key");
  private final ConfigurationProblem second =
      new ConfigurationProblem("KAFKA_BROKERS", "(not set)", "is required", "set it");

  @Test
  void theMessageHasALineAProblem() {
    assertThat(new AlgoConfigurationException(List.of(first, second)))
        .hasMessage(
            "ALGO_ORDERING = keys: is unknown; use key\n"
                + "KAFKA_BROKERS = (not set): is required; set it");
    assertThat(AlgoConfigurationException.EXIT_CODE).isEqualTo(78);
  }

  @Test
  void needsAProblem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AlgoConfigurationException(List.of()));
  }

  @Test
  void aProblemCannotForgeALineOfTheLog() {
    ConfigurationProblem hostile =
        new ConfigurationProblem("A\nB", "x\r\ny\u2028z\u0000\u202e\ud800", "m\u0085n", "r\tq");
    assertThat(hostile.line())
        .isEqualTo("A\\nB = x\\r\\ny\\u2028z\\u0000\\u202e\\ud800: m\\u0085n; r\\tq");
  }

  @Test
  void aLongValueIsCutAtAWholeCharacter() {
    assertThat(ConfigurationProblem.printable("abc", 3)).isEqualTo("abc");
    assertThat(ConfigurationProblem.printable("abcd", 3)).isEqualTo("ab…");
    assertThat(ConfigurationProblem.printable("ab\n", 3)).isEqualTo("ab…");
    assertThat(ConfigurationProblem.printable("a\n", 3)).isEqualTo("a\\n");
    assertThat(ConfigurationProblem.printable("a😀😀", 4)).isEqualTo("a😀…");
    assertThat(ConfigurationProblem.printable("\n", 1)).isEqualTo("…");
    assertThat(ConfigurationProblem.printable("", 1)).isEmpty();
    ConfigurationProblem problem =
        new ConfigurationProblem("A", "\n".repeat(1_000_000), "m".repeat(9_999), "r");
    assertThat(problem.value()).hasSize(119).endsWith("\\n…");
    assertThat(problem.message()).hasSize(2000);
    assertThatIllegalArgumentException().isThrownBy(() -> ConfigurationProblem.printable("a", 0));
  }

  @Test
  void survivesSerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new AlgoConfigurationException(List.of(first, second)));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      AlgoConfigurationException read = (AlgoConfigurationException) in.readObject();
      assertThat(read.problems()).containsExactly(first, second);
    }
  }
}
