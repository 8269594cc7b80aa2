package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each execution. A seam, so that what traces is loaded only where there is
 * something to trace with. Thread-safe.
 *
 * <p>Where nothing is traced there are no spans: nothing is made, looked up or written.
 */
public abstract class ExecutionTracing {

  private static final ExecutionTracing NONE =
      new ExecutionTracing() {
        @Override
        @Nullable ExecutionSpan begin(Execution execution) {
          return null;
        }

        @Override
        @Nullable ExecutionSpan beginBatch(Route route, List<Execution> executions) {
          return null;
        }
      };

  ExecutionTracing() {}

  /** {@return one that traces nothing} */
  public static ExecutionTracing none() {
    return NONE;
  }

  /**
   * An execution begins.
   *
   * @return its span; null where nothing is traced
   */
  abstract @Nullable ExecutionSpan begin(Execution execution);

  /**
   * Several records are executed at once.
   *
   * @param route what they go through
   * @param executions one a record
   * @return the span of all of them; null where nothing is traced
   */
  abstract @Nullable ExecutionSpan beginBatch(Route route, List<Execution> executions);
}
