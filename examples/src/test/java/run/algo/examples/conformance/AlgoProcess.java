package run.algo.examples.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The conformance jar as a deployment runs it: by {@code java -jar} and an environment. */
final class AlgoProcess implements AutoCloseable {

  static final Path JAR =
      Path.of(System.getProperty("project.root"), "examples", "target", "conformance-algo.jar");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path out;
  private final Path err;

  private AlgoProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts it with this environment and nothing of ours. */
  static AlgoProcess start(Path folder, Map<String, String> environment) {
    return start(folder, environment, List.of("-Xmx256m", "-jar", JAR.toString()));
  }

  /** Starts it for a short life, with a folder of classes behind the jar. */
  static AlgoProcess start(Path folder, Map<String, String> environment, Path classes) {
    return start(
        folder,
        environment,
        List.of(
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            JAR + File.pathSeparator + classes,
            ConformanceMain.class.getName()));
  }

  private static AlgoProcess start(
      Path folder, Map<String, String> environment, List<String> arguments) {
    try {
      Path out = Files.createTempFile(folder, "out", ".txt");
      Path err = Files.createTempFile(folder, "err", ".txt");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      return new AlgoProcess(builder.start(), out, err);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  AlgoProcess awaitReady() {
    await("READY").atMost(PATIENCE).until(() -> out().contains("READY") || !process.isAlive());
    assertThat(out()).as("standard output; standard error is %s", err()).containsExactly("READY");
    return this;
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Ends it at once, as {@code kill -9} does. */
  int kill() {
    process.destroyForcibly();
    return awaitExit();
  }

  int awaitExit() {
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("has ended").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  List<String> out() {
    return lines(out);
  }

  List<String> err() {
    return lines(err);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readString(file, UTF_8).lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit();
  }
}
