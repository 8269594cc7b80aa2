package run.algo.sdk.testkit.guarantees;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Within a scope, one execution at a time. To be told from inside the executions: {@code started}
 * first, {@code ended} last, in a {@code finally}.
 *
 * @since 0.1.0
 */
public final class NoOverlap implements Guarantee {
  private final Map<Object, List<Object>> running = new HashMap<>();
  private final Violations violations = new Violations();
  private long executions;
  private int inProgress;
  private int mostInProgress;

  /** Starts with nothing running. */
  public NoOverlap() {}

  /**
   * Tells that an execution has begun.
   *
   * @param scope where one may run at a time
   * @param id what identifies the execution
   */
  public synchronized void started(Object scope, Object id) {
    executions++;
    inProgress++;
    mostInProgress = Math.max(mostInProgress, inProgress);
    List<Object> others = running.computeIfAbsent(scope, s -> new ArrayList<>(1));
    if (!others.isEmpty()) {
      violations.add("scope " + scope + ": " + id + " started while " + others + " ran");
    }
    others.add(id);
  }

  /**
   * Tells that an execution is about to end. One that did not start breaks the promise.
   *
   * @param scope where one may run at a time
   * @param id what identifies the execution
   */
  public synchronized void ended(Object scope, Object id) {
    List<Object> own = running.get(scope);
    if (own == null || !own.remove(id)) {
      violations.add("scope " + scope + ": " + id + " ended without having started");
      return;
    }
    inProgress--;
    if (own.isEmpty()) {
      running.remove(scope);
    }
  }

  /**
   * Returns how many executions ran at the same time at most, over all scopes: a run that never had
   * two at once proves nothing.
   *
   * @return 0 when none has started
   */
  public synchronized int mostAtOnce() {
    return mostInProgress;
  }

  @Override
  public synchronized void verify() {
    violations.verify(
        "No overlap", executions + " executions, at most " + mostInProgress + " at once");
  }
}
