package run.algo.sdk.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;

/**
 * Fails some records of every third key, once or twice each, and writes down where each execution
 * begins and where it is completed. The program of a {@link ChildJvm}, or an Algo of this process.
 */
final class FailingKeysAlgo implements Algo<String, String> {

  private static final int EVERY = 3;

  /** How many executions were completed. */
  final AtomicLong completed = new AtomicLong();

  private final ExecutionLog.Writer log;

  FailingKeysAlgo(ExecutionLog log, String instance) {
    this(new ExecutionLog.Writer(log.path(), instance));
  }

  private FailingKeysAlgo(ExecutionLog.Writer log) {
    this.log = log;
  }

  /** Starts a child of it. */
  static ChildJvm start(Map<String, String> environment, ExecutionLog log, String instance) {
    return ChildJvm.start(
        FailingKeysAlgo.class, List.of("-Xmx256m"), environment, log.path(), instance);
  }

  /**
   * Runs.
   *
   * @param arguments the log's path, and this instance's name
   */
  public static void main(String[] arguments) {
    AlgoMain.run(new FailingKeysAlgo(new ExecutionLog.Writer(arguments[0], arguments[1])));
  }

  /** How often a record fails: some of its key's records do and others do not. */
  static int failures(String key, long offset) {
    int number = Integer.parseInt(key.substring(key.indexOf('.') + 1));
    return number % EVERY == 0 ? (int) (offset % 3) : 0;
  }

  @Override
  public String run(String text, AlgoContext context) {
    String id = Deployment.id(context.position());
    String key = context.key().orElseThrow();
    log.begun(id, key);
    if (context.attempt() <= failures(key, context.position().offset())) {
      throw new IllegalStateException("not yet");
    }
    log.ended(id, key);
    completed.incrementAndGet();
    return id;
  }
}
