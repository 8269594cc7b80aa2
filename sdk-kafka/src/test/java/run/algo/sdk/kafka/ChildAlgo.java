package run.algo.sdk.kafka;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;

/** The program of a {@link ChildJvm}: writes of every record where it stood. */
final class ChildAlgo implements Algo<String, String> {

  /** The value of a record that is executed for ever, by a child that was told to. */
  static final String HANG = "hang";

  private final boolean hangs;
  private final long nanos;

  private ChildAlgo(boolean hangs, long nanos) {
    this.hangs = hangs;
    this.nanos = nanos;
  }

  /**
   * Runs.
   *
   * @param arguments nanoseconds of work a record; and {@link #HANG}, or nothing
   */
  public static void main(String[] arguments) {
    boolean hangs = arguments.length > 1 && arguments[1].equals(HANG);
    AlgoMain.run(new ChildAlgo(hangs, Long.parseLong(arguments[0])));
  }

  @Override
  public String run(String text, AlgoContext context) {
    if (text.equals(HANG)) {
      System.out.println("executing " + Deployment.id(context.position()));
      if (hangs) {
        hang();
      }
    }
    if (nanos > 0) {
      LockSupport.parkNanos(nanos);
    }
    return Deployment.id(context.position());
  }

  /** As an Algo that takes no interrupt for an answer. */
  private static void hang() {
    CountDownLatch never = new CountDownLatch(1);
    while (never.getCount() > 0) {
      try {
        never.await();
      } catch (InterruptedException e) {
        System.out.println("interrupted, and goes on");
      }
    }
  }
}
