package run.algo.sdk.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DevBrokerIT {

  @Test
  @Timeout(120)
  void runsUntilItIsTerminated() throws Exception {
    int port = Ports.free(1, Set.of()).get(0);
    String address = "localhost:" + port;
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                DevBroker.class.getName(),
                String.valueOf(port),
                "orders:2")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      assertThat(firstLine(lines, "Kafka listens"))
          .isEqualTo("Kafka listens on " + address + ", stop it with Ctrl-C");

      ByteArrayOutputStream out = new ByteArrayOutputStream();
      InputStream input = input("one", "k\ttwo");
      PrintStream print = new PrintStream(out, true, UTF_8);
      assertThat(new DevBroker(input, print, print).run("produce", "orders", address)).isZero();
      assertThat(out.toString(UTF_8)).isEqualToIgnoringNewLines("2 records written to orders");

      ByteArrayOutputStream tail = new ByteArrayOutputStream();
      new DevConsole(address)
          .tail(
              "orders",
              new PrintStream(tail, true, UTF_8),
              () -> tail.toString(UTF_8).lines().count() < 2);
      assertThat(tail.toString(UTF_8).lines()).containsExactlyInAnyOrder("one", "k\ttwo");

      assertThat(new DevConsole(address).produce("new-topic", input("made by its first record")))
          .isEqualTo(1);

      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(Ports.isFree(port)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void producingWithoutBrokerFails() {
    int port = Ports.free(1, Set.of()).get(0);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(err, true, UTF_8);

    int code =
        new DevBroker(input("lost"), print, print).run("produce", "orders", "localhost:" + port);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .contains("Cannot write to orders at localhost:" + port, "Does a broker run there?");
  }

  private static InputStream input(String... lines) {
    return new ByteArrayInputStream(String.join("\n", List.of(lines)).getBytes(UTF_8));
  }

  private static String firstLine(BufferedReader lines, String start) throws IOException {
    StringBuilder seen = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
      seen.append(line).append('\n');
    }
    throw new AssertionError("The broker ended without saying " + start + ":\n" + seen);
  }
}
