package run.algo.sdk.kafka.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeNameTest {

  private static final long SEED = 20_261_121;
  private static final int NAMES = 10_000;

  private static final String[] PARTS = {
    "a",
    "ü",
    "..",
    ".",
    "...",
    "",
    "/",
    "\\",
    "\u0000",
    "\n",
    "\u001b[2J",
    "\u202e",
    "\u2024",
    "\uff0e",
    "\u2215",
    "\uff0f",
    "\u2044",
    "\u29f8",
    "\u200b",
    "\u0301",
    "\ud800",
    "\udc00",
    "\ud83d\ude00",
    " ",
    "C:",
    "con",
    "NUL.txt",
    "%2e%2e%2f",
    "~",
    "$HOME",
    "`id`",
    "-rf",
    "*",
    "?",
    "|",
    "\u2028",
    "\u0085",
    "\ufeff",
    "file.tar.gz",
    "\ufe52",
    "\u2025",
    "\u2026",
    "\uff3c"
  };

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "picture.jpg;picture.jpg",
        "a b (1).tar.gz;a b (1).tar.gz",
        "größe 數據.csv;größe 數據.csv",
        "/etc/passwd;passwd",
        "../../etc/passwd;passwd",
        "C:\\Windows\\system.ini;system.ini",
        "C:evil.txt;C_evil.txt",
        "folder/;folder",
        ".hidden;.hidden",
        "..;payload",
        ".;payload",
        "...;payload",
        "'';payload",
        "///;payload",
        "name.;name",
        "nul;_nul",
        "Con.txt;_Con.txt",
        "contract.pdf;contract.pdf",
        "a*b?.txt;a_b_.txt"
      })
  void keepsWhatIsSafe(String name, String safe) {
    assertThat(SafeName.of(name)).isEqualTo(safe);
  }

  @Test
  void whatCannotBeSeenIsLeftOut() {
    assertThat(SafeName.of("a\u0000b\nc\u202ed\u200b\ud800e.txt")).isEqualTo("abcde.txt");
    assertThat(SafeName.of("\u0000\u202e")).isEqualTo("payload");
  }

  @Test
  void lookAlikesOfPointsAndSlashesAreNone() {
    assertThat(SafeName.of("\u2024\u2024\uff0fx")).isEqualTo("___x");
    assertThat(SafeName.of("\uff0e\uff0e\u2215x")).isEqualTo("___x");
    assertThat(SafeName.of("a\u2044b\u29f8c\uff3cd")).isEqualTo("a_b_c_d");
  }

  @Test
  void aLongNameIsCutBetweenCharactersAndKeepsItsExtension() {
    assertThat(SafeName.of("x".repeat(255))).hasSize(255);
    assertThat(SafeName.of("x".repeat(256))).isEqualTo("x".repeat(255));
    assertThat(SafeName.of("x".repeat(1000) + ".jpeg")).isEqualTo("x".repeat(250) + ".jpeg");
    assertThat(SafeName.of("ü".repeat(200) + ".txt")).isEqualTo("ü".repeat(125) + ".txt");
    assertThat(SafeName.of("\ud83d\ude00".repeat(100) + ".p"))
        .isEqualTo("\ud83d\ude00".repeat(63) + ".p");
    assertThat(SafeName.of("a." + "x".repeat(1000))).isEqualTo("a." + "x".repeat(253));
  }

  @Test
  void inAProcessThatKnowsOnlyAsciiItIsAscii() {
    assertThat(SafeName.ascii("größe.txt")).isEqualTo("gr__e.txt");
  }

  @Test
  void whateverTheNameItIsOneFileInItsFolder(@TempDir Path folder) throws Exception {
    Random random = new Random(SEED);
    Path inside = Files.createDirectory(folder.resolve("inside"));
    for (int i = 0; i < NAMES; i++) {
      StringBuilder name = new StringBuilder();
      int parts = random.nextInt(random.nextInt(50) == 0 ? 300 : 6);
      for (int p = 0; p < parts; p++) {
        name.append(PARTS[random.nextInt(PARTS.length)]);
      }
      String safe = SafeName.of(name.toString());
      assertThat(safe.getBytes(UTF_8).length).isBetween(1, SafeName.MAX_BYTES);
      assertThat(safe).doesNotContain("/", "\\", "\u0000").isNotIn(".", "..");
      assertThat(new String(safe.getBytes(UTF_8), UTF_8)).isEqualTo(safe);
      assertThat(SafeName.of(safe)).as("a safe name stays").isEqualTo(safe);
      Path file = inside.resolve(safe);
      assertThat(file.normalize()).isEqualTo(file);
      assertThat(file.getParent()).isEqualTo(inside);
      Files.createFile(file);
      Files.delete(file);
    }
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(inside);
    }
  }
}
