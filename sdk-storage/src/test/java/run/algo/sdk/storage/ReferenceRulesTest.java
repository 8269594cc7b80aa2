package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.spi.FileReference;

class ReferenceRulesTest {

  private static final String[] HOSTILE_PARTS = {
    "..",
    ".",
    "",
    "/",
    "//",
    "\\",
    "..\\",
    "\0",
    "\n",
    "\u0085",
    "\uD800",
    "\uDC00",
    "%2e%2e",
    "%2f",
    "..;",
    "...",
    " ..",
    ".. ",
    "~",
    "C:",
    "\uFF0E\uFF0E",
    "\u2024\u2024",
    "\u202Egpj",
    "a",
    "b.txt",
    "\uD83D\uDE80",
    "etc",
    "passwd",
    "$HOME",
    "con",
    "x".repeat(255),
    "x".repeat(256)
  };

  @TempDir Path input;

  private ReferenceRules rules() {
    return new ReferenceRules("minio:9000", "local.test", Set.of("shared"), input);
  }

  private static FileReference reference(String host, String bucket, String file) {
    return new FileReference(
        host, bucket, file, OptionalLong.empty(), Optional.empty(), Optional.empty());
  }

  private Path check(String file) {
    return rules().check(reference("minio:9000", "local.test", file));
  }

  @Test
  void aFileBelongsUnderTheInputDirectory() {
    assertThat(check("a.txt")).isEqualTo(input.resolve("a.txt"));
    assertThat(check("a/b/c.txt")).isEqualTo(input.resolve("a").resolve("b").resolve("c.txt"));
    assertThat(check("..a/...")).isEqualTo(input.resolve("..a").resolve("..."));
    assertThat(check("%2e%2e/x")).isEqualTo(input.resolve("%2e%2e").resolve("x"));
    assertThat(check("\uD83D\uDE80 ü")).isEqualTo(input.resolve("\uD83D\uDE80 ü"));
  }

  @Test
  void theInputDirectoryMayBeGivenInARoundaboutWay() {
    ReferenceRules rules = new ReferenceRules("h", "b", Set.of(), input.resolve("x").resolve(".."));

    assertThat(rules.check(reference("h", "b", "a"))).isEqualTo(input.resolve("a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"minio", "minio:9001", "minio:9000.evil.org", "http://minio:9000", "u@minio:9000"})
  void anotherHostIsRefused(String host) {
    assertThatThrownBy(() -> rules().check(reference(host, "local.test", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minio:9000")
        .hasMessageContaining("host");
  }

  @Test
  void hostsAreComparedWithoutCaseAsTheNetworkDoes() {
    assertThat(rules().check(reference("MinIO:9000", "local.test", "a")))
        .isEqualTo(input.resolve("a"));
  }

  @Test
  void onlyTheDeploymentsBucketsAreRead() {
    assertThat(rules().check(reference("minio:9000", "shared", "a"))).isEqualTo(input.resolve("a"));
    assertThatThrownBy(() -> rules().check(reference("minio:9000", "Shared", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ALGO_STORAGE_READ_BUCKETS");
    assertThatThrownBy(() -> rules().check(reference("minio:9000", "local.test/x", "a")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "..",
        "../a",
        "a/../../b",
        "a/..",
        "a/../b",
        "./a",
        "a/./b",
        "a//b",
        "a/",
        "//host/share",
        "a\\b",
        "..\\a",
        "a\0b",
        "a\nb",
        "a\u007Fb",
        "\uD800",
        "a\uDC00b"
      })
  void aFileThatCouldLeaveIsRefused(String file) {
    assertThatThrownBy(() -> check(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("under the input directory");
  }

  @Test
  void namesHaveALength() {
    assertThat(check("x".repeat(255))).isEqualTo(input.resolve("x".repeat(255)));
    assertThatThrownBy(() -> check("x".repeat(256))).hasMessageContaining("255");
    assertThatThrownBy(() -> check("ü".repeat(128))).hasMessageContaining("255");
    assertThatThrownBy(() -> check(("x".repeat(200) + "/").repeat(6) + "x"))
        .hasMessageContaining("1024");
  }

  @Test
  void theMessageCannotForgeALogLine() {
    assertThatThrownBy(() -> check("a\nERROR all is lost\u202E" + "z".repeat(5_000)))
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .doesNotContain("\n")
                    .doesNotContain("\u202E")
                    .hasSizeLessThan(400));
  }

  /** Whatever is put together from hostile parts is refused, or lies inside by the file system. */
  @ParameterizedTest
  @MethodSource("seeds")
  void nothingThatIsPassedLeavesTheInputDirectory(long seed) throws IOException {
    Random random = new Random(seed);
    File root = input.toFile().getCanonicalFile();
    int passed = 0;
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      String file = hostile(random);
      Path path;
      try {
        path = check(file);
      } catch (IllegalArgumentException e) {
        refused++;
        continue;
      }
      passed++;
      // The oracle: the file system's own idea of the place, for the text as it came.
      File real = new File(root, file).getCanonicalFile();
      assertThat(real.getPath()).as(file).startsWith(root.getPath() + File.separator);
      assertThat(path.toFile().getCanonicalFile()).as(file).isEqualTo(real);
    }
    assertThat(passed).isGreaterThan(100);
    assertThat(refused).isGreaterThan(100);
  }

  static long[] seeds() {
    return new long[] {1, 2, 3, 20_260_101};
  }

  private static String hostile(Random random) {
    StringBuilder file = new StringBuilder();
    int parts = 1 + random.nextInt(5);
    for (int i = 0; i < parts; i++) {
      if (i > 0 && random.nextInt(4) > 0) {
        file.append('/');
      }
      file.append(HOSTILE_PARTS[random.nextInt(HOSTILE_PARTS.length)]);
    }
    return file.toString();
  }
}
