package run.algo.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** What a run of the quickstart ended with and printed. */
record Console(int exitCode, List<String> out, List<String> err) {

  /** Runs it on a file. */
  static Console run(Map<String, String> environment, String file) {
    return runWith(environment, "--file=" + file);
  }

  static Console runWith(Map<String, String> environment, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        new Quickstart(
                environment, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
            .run(args);
    return new Console(
        exitCode, out.toString(UTF_8).lines().toList(), err.toString(UTF_8).lines().toList());
  }

  /** The last line. */
  String figures() {
    return out.get(out.size() - 1);
  }
}
