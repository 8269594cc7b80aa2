package run.algo.sdk.kafka;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;

/**
 * The program of a {@link ChildJvm} whose executions are counted: it writes down where each begins
 * and ends, waits a little in between, and returns where the record stood.
 */
final class LoggedAlgo implements Algo<String, String> {

  private final ExecutionLog.Writer log;
  private final long leastNanos;
  private final long mostNanos;
  private final String stuckId;
  private final String failingId;

  private LoggedAlgo(
      ExecutionLog.Writer log, long leastNanos, long mostNanos, String stuckId, String failingId) {
    this.log = log;
    this.leastNanos = leastNanos;
    this.mostNanos = mostNanos;
    this.stuckId = stuckId;
    this.failingId = failingId;
  }

  /** Arguments of a child. */
  static String[] arguments(
      ExecutionLog log, String instance, long leastMicros, long mostMicros, String stuckId) {
    return new String[] {
      log.path(), instance, Long.toString(leastMicros), Long.toString(mostMicros), stuckId, ""
    };
  }

  /** Arguments of a child that is quick, and fails one record always. */
  static String[] failing(ExecutionLog log, String instance, String failingId) {
    return new String[] {log.path(), instance, "0", "0", "", failingId};
  }

  /**
   * Runs.
   *
   * @param arguments as {@link #arguments} makes them: the log, this instance's name, the least and
   *     the most microseconds of an execution, and the record that never ends and the one that
   *     always fails, or nothing
   */
  public static void main(String[] arguments) {
    AlgoMain.run(
        new LoggedAlgo(
            new ExecutionLog.Writer(arguments[0], arguments[1]),
            Long.parseLong(arguments[2]) * 1_000,
            Long.parseLong(arguments[3]) * 1_000,
            arguments[4],
            arguments[5]));
  }

  @Override
  public String run(String text, AlgoContext context) throws InterruptedException {
    String id = Deployment.id(context.position());
    String key = context.key().orElse("");
    log.begun(id, key);
    if (id.equals(stuckId)) {
      new CountDownLatch(1).await();
    }
    if (id.equals(failingId)) {
      throw new IllegalStateException("as it was told");
    }
    if (mostNanos > 0) {
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(leastNanos, mostNanos + 1));
    }
    log.ended(id, key);
    return id;
  }
}
