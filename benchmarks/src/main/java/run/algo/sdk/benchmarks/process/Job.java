package run.algo.sdk.benchmarks.process;

/**
 * What is done with each record between reading and writing it. Stateless, so safe for use by
 * several threads.
 *
 * @param values what its value is, and what is made of it
 * @param work what is done besides
 */
record Job(Values<?, ?> values, Work work) {

  /** Work on bytes, which are returned as they are. */
  static Job ofBytes(Work work) {
    return new Job(new Values.RandomBytes(1), work);
  }

  /** Does it by hand, once, and returns the output's value. */
  byte[] run(byte[] value) throws InterruptedException {
    work.run();
    return values.byHand(value);
  }

  /** Does it by hand, once, where no interrupt may be passed on: it ends the run. */
  byte[] runHere(byte[] value) {
    work.runHere();
    return values.byHand(value);
  }
}
