package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.kafka.internal.record.FailureReason;

/** One execution of an {@link Algo} that has a deadline. */
final class SyncFlight extends Flight {

  private final Execution execution;
  private final Scope scope;
  private final ExecutionEnd end;
  private final long held = System.nanoTime();
  private volatile long begin = held;

  SyncFlight(Deadlines deadlines, Execution execution, Scope scope, ExecutionEnd end) {
    super(deadlines);
    this.execution = execution;
    this.scope = scope;
    this.end = end;
  }

  @SuppressWarnings("NullAway") // a tombstone reaches the Algo as null, as its contract says
  Progress run(Algo<@Nullable Object, Object> algo, @Nullable Object input) {
    begin(List.of(execution));
    @Nullable Object result = null;
    @Nullable Throwable thrown = null;
    try {
      Object loaded = execution.load(input);
      if (loaded != input) {
        begin = System.nanoTime(); // reading takes of the deadline, but it is not the Algo's time
      }
      result = algo.run(loaded, execution);
    } catch (Throwable t) { // an Algo's Error fails its record, not the process
      thrown = t;
    }
    Leaving leaving = leave();
    if (leaving == Leaving.ABANDONED) {
      return Progress.PENDING; // and whatever came of it is dropped
    }
    end();
    long now = System.nanoTime();
    execution.executed(now - begin);
    scope.held(now - held);
    // An Algo that interrupts its own thread must not disturb what comes after it.
    execution.dropStrayInterrupt();
    if (leaving == Leaving.TIMED_OUT) {
      end.failed(execution, FailureReason.TIMEOUT, timeout(thrown));
    } else if (thrown != null) {
      end.failed(execution, FailureReason.ALGO, thrown);
    } else {
      end.succeeded(execution, execution.close(), result);
    }
    return Progress.ENDED;
  }

  @Override
  void expired() {
    execution.close(); // what it emits from here on is refused
  }

  @Override
  void abandoned() {
    long nanos = System.nanoTime() - begin;
    scope.resume(
        () -> {
          execution.executed(nanos);
          execution.resumed(() -> end.failed(execution, FailureReason.TIMEOUT, timeoutWithPlace()));
        },
        nanos);
  }
}
