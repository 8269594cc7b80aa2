package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.Output;
import run.algo.sdk.kafka.internal.observe.RateLimit;
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
 *
 * <p>A deadline that passes is a completion as well: whoever closes the execution first, it or the
 * stage, is the one that counts. Where it finds the worker still in the author's method, the worker
 * is treated like one that executes an Algo.
 */
final class AsyncFlight extends Flight
    implements BiConsumer<@Nullable Object, @Nullable Throwable> {

  private static final Logger log = LoggerFactory.getLogger(AsyncFlight.class);

  private static final RateLimit WARNINGS =
      new RateLimit(RecordProcessors.LOG_INTERVAL, System::nanoTime);

  /** An author's exceptions could go round in circles. */
  private static final int DEEPEST_WRAPPING = 100;

  /** The worker has left. */
  private static final Completion PENDING = new Completion(List.of(), null, null, false, 0);

  private final Execution execution;
  private final Scope scope;
  private final ExecutionEnd end;
  private final long held = System.nanoTime();
  private volatile long begin = held;

  /** Null while the worker is there and the stage is open. */
  private final AtomicReference<Completion> state = new AtomicReference<>();

  private record Completion(
      List<Output<?>> emissions,
      @Nullable Object value,
      @Nullable Throwable error,
      boolean timedOut,
      long at) {}

  private volatile @Nullable CompletionStage<?> stage;

  AsyncFlight(Deadlines deadlines, Execution execution, Scope scope, ExecutionEnd end) {
    super(deadlines);
    this.execution = execution;
    this.scope = scope;
    this.end = end;
  }

  @SuppressWarnings("NullAway") // a tombstone reaches the Algo as null, as its contract says
  Progress run(AsyncAlgo<@Nullable Object, Object> algo, @Nullable Object input) {
    begin(List.of(execution));
    try {
      Object loaded = execution.load(input);
      if (loaded != input) {
        begin = System.nanoTime(); // reading takes of the deadline, but it is not the Algo's time
      }
      CompletionStage<@Nullable Object> returned = algo.run(loaded, execution);
      if (returned == null) {
        throw new IllegalStateException(
            algo.getClass().getName() + " returned null instead of a stage");
      }
      stage = returned;
      returned.whenComplete(this);
    } catch (Throwable t) { // an Algo's Error fails its record, not the process
      accept(null, t); // without effect if the stage has told its completion before it threw this
    }
    scope.held(System.nanoTime() - held);
    if (leave() == Leaving.ABANDONED) {
      cancel(); // the record went on without waiting for a stage
      return Progress.PENDING;
    }
    // An Algo that interrupts its own thread must not disturb what comes after it.
    execution.dropStrayInterrupt();
    Completion completed = state.compareAndExchange(null, PENDING);
    if (completed == null) {
      return Progress.PENDING;
    }
    end();
    finish(completed);
    return Progress.ENDED;
  }

  /** The stage has completed. On the author's thread: must not block. */
  @Override
  public void accept(@Nullable Object value, @Nullable Throwable error) {
    execution
        .firstClose() // a stage of the author's own making may tell twice
        .ifPresent(
            emissions ->
                complete(new Completion(emissions, value, error, false, System.nanoTime())));
  }

  @Override
  void expired() {
    execution
        .firstClose()
        .ifPresent(
            dropped ->
                complete(new Completion(List.of(), null, timeout(), true, System.nanoTime())));
  }

  @Override
  void expiredAfterCall() {
    expired();
  }

  @Override
  void abandoned() {
    Completion completed = state.compareAndExchange(null, PENDING);
    if (completed != null) {
      resume(completed);
    } // else whoever has closed the execution is about to complete it, and finds no worker
  }

  private void complete(Completion completed) {
    if (!state.compareAndSet(null, completed)) {
      resume(completed);
    }
  }

  private void resume(Completion completed) {
    end();
    scope.resume(() -> resumed(completed), completed.at() - begin);
  }

  private void resumed(Completion completed) {
    execution.resumed(() -> finish(completed));
  }

  private void finish(Completion completed) {
    execution.executed(completed.at() - begin);
    Throwable error = completed.error();
    if (error == null) {
      end.succeeded(execution, completed.emissions(), completed.value());
    } else if (completed.timedOut()) {
      end.failed(execution, FailureReason.TIMEOUT, error);
      cancel();
    } else {
      end.failed(execution, FailureReason.ALGO, unwrapped(error));
    }
  }

  /** Nobody waits for the stage any more: what can be stopped should be. */
  private void cancel() {
    if (stage instanceof Future<?> future) {
      try {
        boolean cancelled = future.cancel(true);
        log.debug("the stage of {} was cancelled: {}", execution, cancelled);
      } catch (Throwable t) { // it may be an author's code, as may be what hears of it
        Throwable cause = FailureLog.printable(t);
        WARNINGS.run(
            t.getClass().getName(),
            heldBack ->
                execution.logged(
                    () ->
                        log.warn(
                            "the stage of {} cannot be cancelled (and {} more like it)",
                            execution,
                            heldBack,
                            cause)));
      }
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
