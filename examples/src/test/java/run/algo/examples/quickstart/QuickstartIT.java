package run.algo.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

class QuickstartIT {

  private static final Path LICENSE = Path.of(System.getProperty("project.root"), "LICENSE");
  private static final Pattern FIGURES =
      Pattern.compile(
          "(\\d+) records in, (\\d+) out, \\d+\\.\\d\\d seconds, committed offsets ((?:\\d+:\\d+ ?)+)");

  @TempDir Path folder;

  @Test
  void countsTheLicense() throws IOException {
    Console console = Console.run(Map.of(), LICENSE.toString());

    assertThat(console.err()).isEmpty();
    assertThat(console.exitCode()).isZero();
    long lines = Files.readAllLines(LICENSE).size();
    assertThat(committed(console, lines, lines)).isEqualTo(lines);
    // Counted in another way, and from what was printed.
    Map<String, Long> expected =
        Pattern.compile("[a-z0-9]+('[a-z]+)?")
            .matcher(Files.readString(LICENSE).toLowerCase(Locale.ROOT))
            .results()
            .collect(Collectors.groupingBy(match -> match.group(), Collectors.counting()));
    Map<String, Long> table = table(console);
    assertThat(table).hasSize(10);
    table.forEach((word, count) -> assertThat(expected).containsEntry(word, count));
    long least = table.values().stream().min(Long::compare).orElseThrow();
    assertThat(expected.values().stream().filter(count -> count > least).count()).isLessThan(10);
  }

  @Test
  void countsLinesOfFiveMegabytes() throws IOException {
    String many = "Kafka algo ".repeat(5_000_000 / 11);
    String one = "x".repeat(5_000_000);
    Path file = Files.writeString(folder.resolve("long.txt"), many + "\r\n" + one);

    Console console = Console.run(Map.of(), file.toString());

    assertThat(console.err()).isEmpty();
    assertThat(console.exitCode()).isZero();
    assertThat(table(console))
        .isEqualTo(
            Map.of("kafka", 5_000_000L / 11, "algo", 5_000_000L / 11, "x".repeat(23) + "…", 1L));
    assertThat(committed(console, 2, 2)).isEqualTo(2);
  }

  @Test
  void countsATextWithoutWords() throws IOException {
    Path file = Files.writeString(folder.resolve("blank.txt"), "\n\n--\n");

    Console console = Console.run(Map.of(), file.toString());

    assertThat(console.exitCode()).isZero();
    assertThat(console.out()).contains("  (no words)");
    assertThat(committed(console, 3, 3)).isEqualTo(3);
  }

  @Test
  void runsOnAClusterThatTheEnvironmentNames() throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), "one two\ntwo\n");
    try (EmbeddedKafka kafka =
        EmbeddedKafka.builder().topic("my.lines", 4).topic("my.words", 2).start()) {
      // What others have written to the topics must not be counted.
      kafka.probe().produceAll("my.lines", List.of("two two two", "three"));
      kafka.probe().produceAll("my.words", List.of("no JSON at all"));
      Map<String, String> environment = new HashMap<>();
      environment.put("KAFKA_BROKERS", kafka.bootstrapServers());
      environment.put("KAFKA_INPUT_TOPIC_LINES", "my.lines");
      environment.put("KAFKA_OUTPUT_TOPIC_WORDS", "my.words");
      environment.put("ALGO_GROUP_ID", "algorun-words");
      environment.put("ALGO_METRICS_PORT", "off");

      for (int run = 1; run <= 2; run++) {
        Console console = Console.run(environment, file.toString());
        assertThat(console.err()).isEmpty();
        assertThat(console.exitCode()).isZero();
        assertThat(table(console)).isEqualTo(Map.of("two", 2L, "one", 1L));
        assertThat(console.figures()).startsWith("2 records in, 2 out, ");
      }
      assertThat(
              kafka.probe().committedOffsets("algorun-words").values().stream()
                  .mapToLong(offset -> offset.offset())
                  .sum())
          .isEqualTo(6);
    }
  }

  @Test
  void saysWhatAClusterLacks() throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), "one");
    Map<String, String> environment = new HashMap<>();
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().topic("my.lines", 1).start()) {
      environment.put("KAFKA_BROKERS", kafka.bootstrapServers());
      Console unset = Console.run(environment, file.toString());
      assertThat(unset.exitCode()).isEqualTo(78);
      assertThat(String.join("\n", unset.err()))
          .contains("KAFKA_INPUT_TOPIC_LINES", "KAFKA_OUTPUT_TOPIC_WORDS", "ALGO_GROUP_ID");

      environment.put("KAFKA_INPUT_TOPIC_LINES", "my.lines");
      environment.put("KAFKA_OUTPUT_TOPIC_WORDS", "my.words");
      environment.put("ALGO_GROUP_ID", "algorun-words");
      environment.put("ALGO_METRICS_PORT", "off");
      Console topics = Console.run(environment, file.toString());
      assertThat(topics.exitCode()).isEqualTo(1);
      assertThat(topics.err())
          .containsExactly("Topics my.lines and my.words must exist: create them first");
    }
    environment.put("KAFKA_CLIENT_DEFAULT_API_TIMEOUT_MS", "500");
    environment.put("KAFKA_CLIENT_REQUEST_TIMEOUT_MS", "500");
    Console gone = Console.run(environment, file.toString());
    assertThat(gone.exitCode()).isEqualTo(1);
    assertThat(gone.err()).anyMatch(line -> line.startsWith("Kafka does not answer: "));
  }

  /** Checks the line of figures and returns the sum of the committed offsets. */
  private static long committed(Console console, long in, long out) {
    Matcher figures = FIGURES.matcher(console.figures());
    assertThat(figures.matches()).as(console.figures()).isTrue();
    assertThat(Long.parseLong(figures.group(1))).isEqualTo(in);
    assertThat(Long.parseLong(figures.group(2))).isEqualTo(out);
    long sum =
        Pattern.compile(":(\\d+)")
            .matcher(figures.group(3))
            .results()
            .mapToLong(offset -> Long.parseLong(offset.group(1)))
            .sum();
    return sum;
  }

  private static Map<String, Long> table(Console console) {
    Pattern row = Pattern.compile("  (\\S+) +(\\d+)  [█#]+");
    return console.out().stream()
        .map(row::matcher)
        .filter(Matcher::matches)
        .collect(Collectors.toMap(m -> m.group(1), m -> Long.valueOf(m.group(2))));
  }
}
