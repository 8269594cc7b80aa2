package run.algo.examples.quickstart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each has one clear sentence, before any broker is started. */
class UnusableFileTest {

  /** A broker that nobody could reach: none of these comes so far. */
  private static final Map<String, String> NO_BROKER = Map.of("KAFKA_BROKERS", "localhost:1");

  @TempDir Path folder;

  @Test
  void missing() {
    assertRefused("no-such.txt", "There is no file \"no-such.txt\" in ");
    assertRefused("", "There is no file \"\"");
    assertRefused("a\0b", "is not a path");
  }

  @Test
  void notGiven() {
    for (String[] args : List.of(new String[] {}, new String[] {"LICENSE"})) {
      Console console = Console.runWith(NO_BROKER, args);
      assertThat(console.exitCode()).isEqualTo(1);
      assertThat(console.err()).hasSize(1).first().asString().contains("-Dfile=PATH");
    }
  }

  @Test
  void folder() {
    assertRefused(folder.toString(), "is not a file");
  }

  @Test
  void binary() throws IOException {
    byte[] bytes = "first\nsec\0ond".getBytes(UTF_8);
    assertRefused(file(bytes).toString(), "is a binary file: line 2 has a NUL");
  }

  @Test
  void otherEncoding() throws IOException {
    Path file = file(("fine\n".repeat(20_000) + "Ärger").getBytes(ISO_8859_1));
    assertRefused(file.toString(), "is not a text in UTF-8");
  }

  @Test
  void lineTooLongForARecord() throws IOException {
    Path file = file(("short\n" + "é".repeat(TextFile.LONGEST_LINE / 2 + 1)).getBytes(UTF_8));
    assertRefused(file.toString(), "Line 2 of ");
  }

  @Test
  void emptyIsNoError() throws IOException {
    Console console = Console.run(NO_BROKER, file(new byte[0]).toString());
    assertThat(console.exitCode()).isZero();
    assertThat(console.err()).isEmpty();
    assertThat(console.out()).hasSize(1).first().asString().contains("is empty");
  }

  @Test
  void longestLineAndEveryLengthOfCharacterAreFine() throws Exception {
    String line = "é€𝔘x".repeat(TextFile.LONGEST_LINE / 10);
    assertThat(line.getBytes(UTF_8).length).isGreaterThan(TextFile.LONGEST_LINE - 10);
    TextFile text = TextFile.check(file((line + "\n" + line).getBytes(UTF_8)).toString());
    assertThat(text.isEmpty()).isFalse();
    try (BufferedReader reader = text.open()) {
      assertThat(reader.lines()).containsExactly(line, line);
    }
  }

  private static void assertRefused(String name, String message) {
    Console console = Console.run(NO_BROKER, name);
    assertThat(console.exitCode()).isEqualTo(1);
    assertThat(console.out()).isEmpty();
    assertThat(console.err()).hasSize(1).first().asString().contains(message);
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("text.txt"), bytes);
  }
}
