package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.BatchRecord;

/**
 * One execution of a batch Algo, on the records that have reached it. They begin together, so they
 * have one deadline; when it passes, those that the author has settled keep their outcome.
 */
final class BatchFlight extends Flight {

  private final List<BatchItem> items;
  private final Scope scope;
  private final ExecutionEnd end;
  private final long begin = System.nanoTime();

  BatchFlight(Deadlines deadlines, List<BatchItem> items, Scope scope, ExecutionEnd end) {
    super(deadlines);
    this.items = items;
    this.scope = scope;
    this.end = end;
  }

  Progress run(AlgoForm.Batch batch) {
    begin(() -> items.stream().map(BatchItem::execution).iterator());
    @Nullable Throwable thrown = null;
    try {
      List<BatchRecord<@Nullable Object, Object>> loaded = loaded();
      if (!loaded.isEmpty()) {
        batch.untyped().run(loaded);
      }
    } catch (Throwable t) { // an Algo's Error fails its records, not the process
      thrown = t;
    }
    Leaving leaving = leave();
    if (leaving == Leaving.ABANDONED) {
      return Progress.PENDING;
    }
    end();
    executed(System.nanoTime() - begin);
    Execution first = items.get(0).execution();
    first.dropStrayInterrupt();
    for (BatchItem item : items) {
      item.runEnded(thrown); // all, before the first is sent: sends may block, and late is late
    }
    if (leaving == Leaving.TIMED_OUT) {
      timeout(thrown); // tells of what was thrown
    } else if (thrown != null) {
      end.endWhenInterrupted(first, thrown);
    }
    conclude();
    return Progress.ENDED;
  }

  private List<BatchRecord<@Nullable Object, Object>> loaded() {
    List<BatchRecord<@Nullable Object, Object>> loaded = new ArrayList<>(items.size());
    for (BatchItem item : items) {
      if (item.load()) {
        loaded.add(item);
      }
    }
    return Collections.unmodifiableList(loaded);
  }

  /** Every record was under way for the whole of it. */
  private void executed(long nanos) {
    items.forEach(item -> item.execution().route.counters.executed(nanos));
  }

  private void conclude() {
    Behind behind = new Behind();
    for (BatchItem item : items) {
      item.execution().guarded(() -> item.conclude(end, behind));
    }
  }

  @Override
  void expired() {
    for (BatchItem item : items) {
      item.expired(timeout());
    }
  }

  @Override
  void abandoned() {
    long nanos = System.nanoTime() - begin;
    scope.resume(
        () -> {
          executed(nanos);
          timeoutWithPlace();
          conclude();
        },
        nanos);
  }
}
