package run.algo.sdk.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own with an Algo in it, on the class path of the tests: what {@code kill -9} and
 * SIGTERM are for. Its environment is what it is given and nothing else of ours.
 */
final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final Path out;
  private final Path err;

  private ChildJvm(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts {@link ChildAlgo}. */
  static ChildJvm start(Map<String, String> environment, String... arguments) {
    return start(ChildAlgo.class, List.of("-Xmx256m"), environment, arguments);
  }

  /** Starts a class with a {@code main}. */
  static ChildJvm start(
      Class<?> program,
      List<String> options,
      Map<String, String> environment,
      String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A short life: little compilation, one collector thread.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    try {
      Path out = Files.createTempFile("child", ".out");
      Path err = Files.createTempFile("child", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      // Variables of the machine that runs the tests would be settings of the runner.
      builder
          .environment()
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("ALGO_")
                      || name.startsWith("KAFKA_")
                      || name.startsWith("JAVA_TOOL_OPTIONS"));
      builder.environment().putAll(environment);
      return new ChildJvm(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code kill -9}, and waits until it is dead. */
  void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGSTOP: the process stands still, as on a machine that swaps or is moved. */
  void freeze() {
    signal("STOP");
  }

  /** SIGCONT. */
  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new AssertionError("kill -" + name + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Waits for the end. */
  int exitCode() {
    try {
      if (!process.waitFor(Deployment.SOON.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the child does not end\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits until the child has printed a text. */
  void awaitPrinted(String text) {
    await("child prints " + text)
        .atMost(Deployment.SOON)
        .until(this::output, o -> o.contains(text));
  }

  String output() {
    return read(out);
  }

  String errors() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code kill -9} where it still lives, and forgets what it printed. */
  @Override
  public void close() {
    try {
      kill();
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
