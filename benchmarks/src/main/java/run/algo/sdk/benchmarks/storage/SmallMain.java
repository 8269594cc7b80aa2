package run.algo.sdk.benchmarks.storage;

import run.algo.sdk.benchmarks.process.ParentWatch;
import run.algo.sdk.benchmarks.process.Usage;

/**
 * The process of one run with small objects: {@code SmallMain ARM PREFIX OBJECTS SIZE CONCURRENCY
 * WARM_UP PASSES}. Where the server is, is in the environment. Prints {@link PhaseResult#line}.
 */
final class SmallMain {

  private SmallMain() {}

  /**
   * Runs the arm.
   *
   * @param args see above
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 7) {
      throw new IllegalArgumentException(
          "usage: SmallMain ARM PREFIX OBJECTS SIZE CONCURRENCY WARM_UP PASSES");
    }
    ParentWatch.endWithParent();
    SmallJob job =
        SmallJob.of(
            args[1],
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]));
    RunResult result =
        run(
            StorageArm.of(args[0]),
            S3Address.of(System.getenv(StorageComparison.ADDRESS)),
            job,
            Integer.parseInt(args[5]),
            Integer.parseInt(args[6]));
    System.out.println(result.lines());
    System.exit(0);
  }

  /** Runs an arm in this process: all passes alike, and the first ones do not count. */
  static RunResult run(StorageArm arm, S3Address address, SmallJob job, int warmUp, int passes)
      throws Exception {
    Usage writing = new Usage(0, 0, 0);
    Usage reading = new Usage(0, 0, 0);
    try (SmallClient client = SmallClient.open(arm, address, job)) {
      for (int pass = 0; pass < warmUp + passes; pass++) {
        Usage before = Usage.now();
        client.write(pass);
        Usage between = Usage.now();
        client.read(pass);
        Usage after = Usage.now();
        if (pass >= warmUp) {
          writing = writing.plus(between.minus(before));
          reading = reading.plus(after.minus(between));
        }
      }
    }
    long objects = (long) passes * job.objects();
    return new RunResult(
        new PhaseResult(objects, writing, Peaks.NONE),
        new PhaseResult(objects, reading, Peaks.NONE));
  }
}
