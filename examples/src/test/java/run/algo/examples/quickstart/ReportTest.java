package run.algo.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReportTest {

  @Test
  void putsTheMostFrequentWordsFirstAndEqualOnesByTheAlphabet() {
    assertThat(words(Map.of("b", 2L, "a", 2L, "c", 9L, "d", 1L)))
        .containsExactly("c", "a", "b", "d");
  }

  @Test
  void printsTenWords() {
    Map<String, Long> counts = new HashMap<>();
    for (long i = 0; i < 100; i++) {
      counts.put("w" + i, i);
    }
    assertThat(words(counts)).hasSize(10).startsWith("w99").endsWith("w90");
  }

  @Test
  void cutsALongWordBetweenCharacters() {
    assertThat(words(Map.of("x".repeat(24), 1L))).containsExactly("x".repeat(24));
    assertThat(words(Map.of("x".repeat(5_000_000), 1L))).containsExactly("x".repeat(23) + "…");
    assertThat(words(Map.of("𝔘".repeat(30), 1L))).containsExactly("𝔘".repeat(23) + "…");
  }

  @Test
  void saysWhenThereAreNoWords() {
    assertThat(table(Map.of())).containsExactly("  (no words)");
  }

  @Test
  void printsFiguresOnOneLine() {
    Map<Integer, Long> offsets = new TreeMap<>(Map.of(0, 67L, 1, 68L));
    assertThat(Report.figures(135, 134, 1.234, offsets))
        .isEqualTo("135 records in, 134 out, 1.23 seconds, committed offsets 0:67 1:68");
  }

  private static List<String> words(Map<String, Long> counts) {
    return table(counts).stream().map(row -> row.strip().replaceFirst(" .*", "")).toList();
  }

  private static List<String> table(Map<String, Long> counts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Report.table(new PrintStream(bytes, true, UTF_8), counts);
    return bytes.toString(UTF_8).lines().toList();
  }
}
