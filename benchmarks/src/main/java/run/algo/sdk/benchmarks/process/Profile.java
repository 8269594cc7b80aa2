package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import one.convert.Arguments;
import one.convert.JfrToFlame;
import one.profiler.AsyncProfiler;

/**
 * Where the time and the memory of an arm go: runs it once with async-profiler in its process and
 * draws a flame graph of processor time and one of allocation, beside the recording itself. The
 * kernel's, the compiler's and the collector's time is in it, which Flight Recorder does not see.
 */
final class Profile {

  static final String HELP =
      """
      Records arms and draws flame graphs of CPU and allocation into
      benchmarks/target/profile. On Linux and macOS.

        benchmarks/profile ARMS [options of Compare]

      such as: benchmarks/profile sdk-partition,bare --records 3000000""";

  private Profile() {}

  /**
   * Runs it.
   *
   * @param args the arms, and options of {@link Compare}
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || args[0].startsWith("--")) {
      System.out.println(HELP);
      return;
    }
    Path folder = Files.createDirectories(Path.of("benchmarks", "target", "profile"));
    String agent =
        "-agentpath:"
            + library(folder).toAbsolutePath()
            + "=start,event=ctimer,interval=1ms,alloc=256k,threads,jfr,file="
            + folder.toAbsolutePath().resolve(Comparison.RUN + ".jfr");
    List<String> words =
        new ArrayList<>(List.of("--arms", args[0], "--rounds", "1", "--jvm", agent));
    words.addAll(List.of(args).subList(1, args.length));
    Options options = Options.parse(words.toArray(String[]::new));
    Results results = Comparison.run(options);
    for (Arm arm : options.arms()) {
      for (int round = 1; round <= options.rounds(); round++) {
        draw(folder.resolve(arm.label() + "-" + round + ".jfr"));
      }
    }
    System.exit(results.anyFailed() ? 1 : 0);
  }

  /** Puts the profiler's library for this machine into a folder. */
  static Path library(Path folder) throws IOException {
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String name = (mac ? "macos" : arm ? "linux-arm64" : "linux-x64") + "/libasyncProfiler.so";
    try (InputStream library = AsyncProfiler.class.getResourceAsStream("/" + name)) {
      if (library == null) {
        throw new IOException("the profiler's archive has no " + name);
      }
      Path file = folder.resolve("libasyncProfiler.so");
      Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }

  /**
   * Draws what a recording holds.
   *
   * @param recording a recording of async-profiler
   */
  static List<Path> draw(Path recording) throws IOException {
    List<Path> drawn = new ArrayList<>();
    for (String what : List.of("cpu", "alloc")) {
      String name = recording.getFileName().toString().replace(".jfr", "-" + what + ".html");
      Path graph = recording.resolveSibling(name);
      JfrToFlame.convert(
          recording.toString(),
          graph.toString(),
          new Arguments("--" + what, "--total", "--threads"));
      System.out.println(graph);
      drawn.add(graph);
    }
    return drawn;
  }
}
