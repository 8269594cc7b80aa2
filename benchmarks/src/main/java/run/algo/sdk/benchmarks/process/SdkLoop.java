package run.algo.sdk.benchmarks.process;

import java.util.Map;
import run.algo.sdk.Algo;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.RunnerState;
import run.algo.sdk.kafka.config.AlgoSettings;

/** The SDK as a user has it: a runner with one Algo, on nothing but its public API. */
final class SdkLoop {

  private static final Pipe<byte[]> RECORDS = Pipe.bytes("records");
  private static final Pipe<byte[]> RESULTS = Pipe.bytes("results");
  private static final long LOOK_MILLIS = 100;

  private SdkLoop() {}

  private static AlgoRunner runner(Map<String, String> environment, Work work) {
    Algo<byte[], byte[]> algo =
        (value, context) -> {
          work.run();
          return value;
        };
    return AlgoRunner.builder().input(RECORDS, algo, RESULTS).environment(environment).build();
  }

  /** The settings that a runner in this environment has, for whoever wants the same clients. */
  static AlgoSettings settings(Map<String, String> environment) {
    try (AlgoRunner runner = runner(environment, new Work.None())) {
      return runner.settings();
    }
  }

  /** Runs until all records are acknowledged, and ends as a shutdown does. */
  static void run(Map<String, String> environment, Work work, AckMeter meter)
      throws InterruptedException {
    try (AlgoRunner runner = runner(environment, work)) {
      runner.start();
      while (!meter.awaitDone(LOOK_MILLIS)) {
        if (runner.state() == RunnerState.FAILED) {
          throw new IllegalStateException("the runner has failed", runner.failure().orElse(null));
        }
      }
    }
  }
}
