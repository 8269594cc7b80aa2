package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.Algo;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;

/** A disk that takes no more in the middle of a payload: the system limits a process's files. */
@Timeout(120)
class FullDiskTest {

  private static final int TOO_MUCH = 1_000_000;

  @TempDir Path folder;

  /** Asks for a large and a small payload as files, and prints what came of it. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Path input = Path.of(arguments[0]);
      Algo<Payload, String> algo = (payload, context) -> Long.toString(Files.size(payload.path()));
      try (AlgoTestDriver driver =
          AlgoTestDriver.of(
              AlgoRunner.builder()
                  .input(Pipe.payload("files"), algo, Pipe.text("out"))
                  .set("ALGO_INPUT_DIR", input.toString()))) {
        driver.inputBytes(TestRecord.of(new byte[TOO_MUCH]));
        driver.inputBytes(TestRecord.of(new byte[10]));
        driver
            .deadLetters()
            .forEach(letter -> System.out.println(letter.reason() + " " + letter.message()));
        System.out.println("written " + driver.outputs());
        try (Stream<Path> left = Files.walk(input)) {
          System.out.println(
              "left " + left.filter(Files::isRegularFile).map(Path::getFileName).toList());
        }
      }
    }
  }

  @Test
  void isAFailureOfStorageAndLeavesNoHalfFile() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 200 && exec \"$0\" \"$@\"",
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.resolve("input").toString())
            .redirectError(folder.resolve("err").toFile())
            .start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(lines)
        .as(Files.readString(folder.resolve("err")))
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("storage ")
                    .contains("cannot be made a file", "ALGO_INPUT_DIR"))
        .contains("written [10]", "left [lock]");
    assertThat(folder.resolve("input")).isEmptyDirectory();
  }
}
