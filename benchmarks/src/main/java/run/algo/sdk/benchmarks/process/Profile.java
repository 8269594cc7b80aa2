package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import one.convert.Arguments;
import one.convert.JfrToFlame;

/**
 * Where the time and the memory of an arm go: runs it once with Flight Recorder and draws a flame
 * graph of processor time and one of allocation, beside the recording itself.
 */
final class Profile {

  static final String HELP =
      """
      Records arms and draws flame graphs of CPU and allocation into
      benchmarks/target/profile.

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
    Path folder = Path.of("benchmarks", "target", "profile");
    List<String> words =
        new ArrayList<>(List.of("--arms", args[0], "--rounds", "1", "--jfr", folder.toString()));
    words.addAll(List.of(args).subList(1, args.length));
    Options options = Options.parse(words.toArray(String[]::new));
    Results results = Comparison.run(options);
    for (Arm arm : options.arms()) {
      for (int round = 1; round <= options.rounds(); round++) {
        draw(folder, arm.label() + "-" + round);
      }
    }
    System.exit(results.anyFailed() ? 1 : 0);
  }

  private static void draw(Path folder, String name) throws IOException {
    Path recording = folder.resolve(name + ".jfr");
    if (!Files.exists(recording)) {
      return;
    }
    for (String what : List.of("cpu", "alloc")) {
      Path drawn = folder.resolve(name + "-" + what + ".html");
      JfrToFlame.convert(
          recording.toString(), drawn.toString(), new Arguments("--" + what, "--total"));
      System.out.println(drawn);
    }
  }
}
