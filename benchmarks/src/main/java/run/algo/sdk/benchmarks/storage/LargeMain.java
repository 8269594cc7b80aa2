package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import run.algo.sdk.benchmarks.process.ParentWatch;
import run.algo.sdk.benchmarks.process.Usage;

/**
 * The process of one run with a large file: {@code LargeMain ARM KEY BYTES WARM_UP_BYTES FOLDER
 * COLLECT_MILLIS}. Where the server is, is in the environment. Prints {@link PhaseResult#line}.
 */
final class LargeMain {

  private LargeMain() {}

  /**
   * Runs the arm.
   *
   * @param args see above
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 6) {
      throw new IllegalArgumentException(
          "usage: LargeMain ARM KEY BYTES WARM_UP_BYTES FOLDER COLLECT_MILLIS");
    }
    ParentWatch.endWithParent();
    RunResult result =
        run(
            StorageArm.of(args[0]),
            S3Address.of(System.getenv(StorageComparison.ADDRESS)),
            args[1],
            new Content(Long.parseLong(args[2])),
            new Content(Long.parseLong(args[3])),
            Path.of(args[4]),
            Long.parseLong(args[5]));
    System.out.println(result.lines());
    System.exit(0);
  }

  /**
   * Runs an arm in this process. The warm-up is the same with less; its object stays, as that of
   * the run does.
   */
  static RunResult run(
      StorageArm arm,
      S3Address address,
      String key,
      Content content,
      Content warmUp,
      Path folder,
      long collectMillis)
      throws Exception {
    try (LargeClient client = LargeClient.open(arm, address);
        MemoryWatch memory = new MemoryWatch(arm, collectMillis)) {
      var unused = once(arm, client, memory, warmUpKey(key), warmUp, folder);
      // What the warm-up leaves behind is none of the run's.
      System.gc();
      return once(arm, client, memory, key, content, folder);
    }
  }

  static String warmUpKey(String key) {
    return key + "-warm-up";
  }

  private static RunResult once(
      StorageArm arm,
      LargeClient client,
      MemoryWatch memory,
      String key,
      Content content,
      Path folder)
      throws Exception {
    Path source = folder.resolve("source");
    Path target = folder.resolve("target");
    if (arm.file()) {
      try (InputStream in = content.open()) {
        Files.copy(in, source);
      }
    }
    // What was there before the run is none of its peaks.
    memory.reset();
    Usage begun = Usage.now();
    if (arm.file()) {
      client.write(key, source);
    } else {
      client.write(key, content);
    }
    PhaseResult written = result(content, begun, memory);
    begun = Usage.now();
    if (arm.file()) {
      client.read(key, target);
    } else {
      client.read(key, content);
    }
    PhaseResult read = result(content, begun, memory);
    if (arm.file()) {
      check(content, target);
      Files.delete(source);
      Files.delete(target);
    }
    return new RunResult(written, read);
  }

  private static PhaseResult result(Content content, Usage begun, MemoryWatch memory) {
    Usage usage = Usage.now().minus(begun);
    return new PhaseResult(content.size(), usage, memory.take());
  }

  private static void check(Content content, Path file) throws IOException {
    Content.Checker checker = content.checker();
    Files.copy(file, checker);
    checker.finish();
  }
}
