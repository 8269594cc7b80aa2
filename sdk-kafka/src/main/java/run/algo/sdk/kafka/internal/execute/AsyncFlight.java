package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.Output;
import run.algo.sdk.kafka.internal.record.FailureReason;

/**
 * One execution of an {@link AsyncAlgo}: from the call of its method to the completion of its
 * stage.
 *
 * <p>Two threads meet here: the worker that has called the method and wants to leave, and whichever
 * thread completes the stage. Both try to be the first to set one atomic. If the completion is
 * first, the worker finds it and goes on with the record itself. If the worker is first, the record
 * is pending, and the completion hands the rest to the scope, which finds a worker for it: on the
 * author's thread nothing is encoded, sent or waited for.
 */
final class AsyncFlight implements BiConsumer<@Nullable Object, @Nullable Throwable> {

  /** An author's exceptions could go round in circles. */
  private static final int DEEPEST_WRAPPING = 100;

  /** The worker has left. */
  private static final Completion PENDING = new Completion(List.of(), null, null, 0);

  private final Execution execution;
  private final Scope scope;
  private final ExecutionEnd end;
  private final long begin = System.nanoTime();

  /** Null while the worker is there and the stage is open. */
  private final AtomicReference<Completion> state = new AtomicReference<>();

  private record Completion(
      List<Output<?>> emissions, @Nullable Object value, @Nullable Throwable error, long at) {}

  AsyncFlight(Execution execution, Scope scope, ExecutionEnd end) {
    this.execution = execution;
    this.scope = scope;
    this.end = end;
  }

  @SuppressWarnings("NullAway") // a tombstone reaches the Algo as null, as its contract says
  Progress run(AsyncAlgo<@Nullable Object, Object> algo, @Nullable Object input) {
    try {
      CompletionStage<@Nullable Object> stage = algo.run(input, execution);
      if (stage == null) {
        throw new IllegalStateException(
            algo.getClass().getName() + " returned null instead of a stage");
      }
      stage.whenComplete(this);
    } catch (Throwable t) { // an Algo's Error fails its record, not the process
      accept(null, t); // without effect if the stage has told its completion before it threw this
    }
    // An Algo that interrupts its own thread must not disturb what comes after it.
    execution.dropStrayInterrupt();
    Completion completed = state.compareAndExchange(null, PENDING);
    if (completed == null) {
      return Progress.PENDING;
    }
    finish(completed);
    return Progress.ENDED;
  }

  /** The stage has completed. On the author's thread: must not block. */
  @Override
  public void accept(@Nullable Object value, @Nullable Throwable error) {
    execution
        .firstClose() // a stage of the author's own making may tell twice
        .ifPresent(
            emissions -> {
              Completion completed = new Completion(emissions, value, error, System.nanoTime());
              if (!state.compareAndSet(null, completed)) {
                scope.resume(() -> resumed(completed), completed.at() - begin);
              }
            });
  }

  private void resumed(Completion completed) {
    execution.dropStrayInterrupt();
    try {
      finish(completed);
    } catch (InterruptException e) {
      throw e;
    } catch (Throwable t) {
      execution.defect(t);
    }
  }

  private void finish(Completion completed) {
    execution.route.counters.executed(completed.at() - begin);
    Throwable error = completed.error();
    if (error == null) {
      end.succeeded(execution, completed.emissions(), completed.value());
    } else {
      end.failed(execution, FailureReason.ALGO, unwrapped(error));
    }
  }

  /** The author's exception without what futures put around it. */
  private static Throwable unwrapped(Throwable error) {
    Throwable inner = error;
    try {
      for (int depth = 0; depth < DEEPEST_WRAPPING; depth++) {
        Throwable cause =
            inner instanceof CompletionException || inner instanceof ExecutionException
                ? inner.getCause()
                : null;
        if (cause == null) {
          return inner;
        }
        inner = cause;
      }
      return error;
    } catch (Throwable t) { // an author's exception is code that may throw
      return error;
    }
  }
}
