package run.algo.sdk.kafka.internal.execute;

/**
 * The process as its executions know it, and how they are told of.
 *
 * @param name name of the process
 * @param log what the log is told of the record that is executed
 * @param tracing what is traced
 */
public record Instance(String name, LogContext log, ExecutionTracing tracing) {

  /**
   * One whose executions are told of nowhere.
   *
   * @param name name of the process
   * @return an instance
   */
  public static Instance quiet(String name) {
    return new Instance(name, LogContext.none(), ExecutionTracing.none());
  }
}
