package run.algo.sdk.benchmarks.storage;

import run.algo.sdk.benchmarks.storage.PhaseResult.Phase;

/**
 * One run of an arm.
 *
 * @param write what it wrote
 * @param read what it read back
 */
record RunResult(PhaseResult write, PhaseResult read) {

  PhaseResult of(Phase phase) {
    return phase == Phase.WRITE ? write : read;
  }

  /** The lines by which a child tells its parent. */
  String lines() {
    return write.line(Phase.WRITE) + System.lineSeparator() + read.line(Phase.READ);
  }

  /** Finds the lines in what a child has printed: both, or the run has failed. */
  static RunResult find(String printed) {
    return new RunResult(
        PhaseResult.find(printed, Phase.WRITE), PhaseResult.find(printed, Phase.READ));
  }
}
