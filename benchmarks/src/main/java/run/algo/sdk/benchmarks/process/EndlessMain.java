package run.algo.sdk.benchmarks.process;

/**
 * The process of an arm that runs until it is killed: {@code EndlessMain ARM WORK}. Prints {@link
 * #BEGAN} and the time at which it began, by the clock of the machine.
 */
final class EndlessMain {

  /** Begins the line with the time, in milliseconds. */
  static final String BEGAN = "BEGAN ";

  private EndlessMain() {}

  /**
   * Runs the arm.
   *
   * @param args see above
   */
  public static void main(String[] args) throws InterruptedException {
    System.out.println(BEGAN + System.currentTimeMillis());
    ParentWatch.endWithParent();
    endWith(Thread.currentThread());
    AckMeter meter = AckMeter.endless(Environment.output(System.getenv()));
    ArmMain.run(Arm.of(args[0]), Job.ofBytes(Work.parse(args[1])), System.getenv(), meter);
  }

  /** Ends the process when a thread fails: others would go on, and nobody would know. */
  static void endWith(Thread thread) {
    thread.setUncaughtExceptionHandler(
        (failed, error) -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
  }
}
