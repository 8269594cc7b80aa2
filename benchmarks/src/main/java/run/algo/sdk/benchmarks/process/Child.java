package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A fresh JVM. What it prints goes to files of the given folder, so no full pipe holds it up. It
 * ends when this process does, however that goes: see {@link ParentWatch}.
 */
public final class Child implements AutoCloseable {

  private static final long LOOK_MILLIS = 20;

  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts a main class with the class path of this process. */
  public static Child start(
      Path folder,
      Path javaHome,
      List<String> flags,
      List<String> mainAndArguments,
      Map<String, String> environment) {
    return start(folder, javaHome, Build.THIS, flags, mainAndArguments, environment);
  }

  /** Starts a main class of a build. */
  static Child start(
      Path folder,
      Path javaHome,
      Build build,
      List<String> flags,
      List<String> mainAndArguments,
      Map<String, String> environment) {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.addAll(flags);
    command.addAll(mainAndArguments);
    try {
      Path out = Files.createTempFile(folder, "child", ".out");
      Path err = Files.createTempFile(folder, "child", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      // What is set around this process is no setting of the comparison.
      builder
          .environment()
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("ALGO_")
                      || name.startsWith("AWS_")
                      || name.startsWith("KAFKA_")
                      || name.equals("JAVA_TOOL_OPTIONS")
                      || name.equals("JDK_JAVA_OPTIONS"));
      builder.environment().putAll(environment);
      builder.environment().put("CLASSPATH", build.classPath());
      return new Child(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.get(0), e);
    }
  }

  /** Waits until a line with this beginning is there, and returns the rest of it. */
  public String awaitLine(String beginning, Duration timeout) throws InterruptedException {
    long began = System.nanoTime();
    while (System.nanoTime() - began < timeout.toNanos()) {
      boolean ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      String printed = read(out);
      int at = printed.indexOf(beginning);
      int end = printed.indexOf('\n', at);
      if (at >= 0 && end > at) {
        return printed.substring(at + beginning.length(), end).strip();
      }
      if (ended) {
        break;
      }
    }
    throw new IllegalStateException("no line " + beginning + " was printed; " + tail());
  }

  /**
   * Waits for the end.
   *
   * @return whether it ended well in time
   */
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
  }

  /** What it has printed. */
  public String output() {
    return read(out);
  }

  /** All that it has printed and said of itself. */
  public String said() {
    return read(out) + read(err);
  }

  /** The last of what it said of itself, for a message. */
  public String tail() {
    String said = read(err).strip();
    return (process.isAlive() ? "it still runs" : "it ended with " + process.exitValue())
        + "; the end of what it said: "
        + said.substring(Math.max(0, said.length() - 2_000));
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it where it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
