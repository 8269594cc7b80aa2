package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.files.PayloadMemory;

/**
 * One execution of a batch Algo, on the records that have reached it. They begin together, so they
 * have one deadline; when it passes, those that the author has settled keep their outcome.
 */
final class BatchFlight extends Flight {

  private final List<BatchItem> items;
  private final @Nullable ExecutionSpan span;
  private final Scope scope;
  private final ExecutionEnd end;
  private volatile long begin = System.nanoTime();

  BatchFlight(
      Deadlines deadlines,
      List<BatchItem> items,
      @Nullable ExecutionSpan span,
      Scope scope,
      ExecutionEnd end) {
    super(deadlines);
    this.span = span;
    this.items = items;
    this.scope = scope;
    this.end = end;
    PayloadMemory.Share share = new PayloadMemory.Share();
    items.forEach(item -> item.execution().share(share));
  }

  Progress run(AlgoForm.Batch batch) {
    ExecutionSpan known = span;
    if (known == null) {
      return fly(batch);
    }
    ExecutionSpan.Current current = known.enter();
    try {
      return fly(batch);
    } finally {
      current.close();
    }
  }

  private Progress fly(AlgoForm.Batch batch) {
    begin(() -> items.stream().map(BatchItem::execution).iterator());
    @Nullable Throwable thrown = null;
    try {
      List<BatchItem> loaded = loaded();
      if (!loaded.isEmpty()) {
        batch.untyped().run(Collections.unmodifiableList(loaded));
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
      endWhenInterrupted(first, thrown);
    }
    conclude();
    return Progress.ENDED;
  }

  private List<BatchItem> loaded() {
    boolean inStorage = anyInStorage();
    if (inStorage) {
      items.forEach(item -> item.execution().loading(true));
    }
    List<BatchItem> loaded = new ArrayList<>(items.size());
    for (BatchItem item : items) {
      if (item.load()) {
        loaded.add(item);
      }
    }
    if (inStorage) {
      begin = System.nanoTime(); // reading takes of the deadline, but it is not the Algo's time
      loaded.forEach(item -> item.execution().loading(false));
    }
    return loaded;
  }

  private boolean anyInStorage() {
    for (BatchItem item : items) {
      if (item.isInStorage()) {
        return true;
      }
    }
    return false;
  }

  private void endWhenInterrupted(Execution first, Throwable thrown) {
    try {
      end.endWhenInterrupted(first, thrown);
    } catch (InterruptException e) {
      endFiles();
      throw e;
    }
  }

  /** Every record was under way for the whole of it. */
  private void executed(long nanos) {
    items.forEach(item -> item.execution().executed(nanos));
  }

  private void conclude() {
    Behind behind = new Behind();
    try {
      for (BatchItem item : items) {
        item.execution().guarded(() -> item.conclude(end, behind));
      }
    } catch (InterruptException e) {
      endFiles();
      throw e;
    }
    endSpan();
  }

  /** The runner closes, and the records that are left have no outcome. */
  private void endFiles() {
    endSpan();
    items.forEach(item -> item.execution().endFiles());
  }

  private void endSpan() {
    ExecutionSpan known = span;
    if (known != null) {
      known.end();
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
