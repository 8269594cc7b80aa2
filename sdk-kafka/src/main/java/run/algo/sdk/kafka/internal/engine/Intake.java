package run.algo.sdk.kafka.internal.engine;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a runner does about new records: the wish of whoever controls it, which the owner thread
 * looks at once a turn. It outlives no start of the runner, and holds from before the first
 * assignment through all rebalances. Thread-safe.
 */
public final class Intake {

  private Mode mode = Mode.OPEN;
  private @Nullable CompletableFuture<Boolean> drain;
  private Runnable wakeup = () -> {};
  private boolean closed;

  /** What is wished for. */
  enum Mode {
    /** Reads and executes. */
    OPEN,
    /** Reads nothing, executes what was read. */
    DRAINING,
    /** Reads nothing and begins no execution. */
    PAUSED
  }

  /** What is so, as the owner thread has seen to it. */
  public enum Effect {
    /** Records are read and executed. */
    OPEN,
    /** Nothing is read; what was read is executed. */
    DRAINING,
    /** Nothing is read, and no execution begins, perhaps because nothing is left to execute. */
    PAUSED
  }

  /** Reads nothing and begins no execution until {@link #resume}; gives up a drain. */
  public void pause() {
    become(Mode.PAUSED, null);
  }

  /** Ends {@link #pause} and {@link #drain}. */
  public void resume() {
    become(Mode.OPEN, null);
  }

  /**
   * Reads nothing more until {@link #resume}, and executes what was read.
   *
   * @return completed with true when all of it is settled and committed, with false when something
   *     else is wished for before that, or the runner ends
   */
  public CompletableFuture<Boolean> drain() {
    CompletableFuture<Boolean> fresh = new CompletableFuture<>();
    become(Mode.DRAINING, fresh);
    return fresh;
  }

  /** Nobody looks any more. */
  void close() {
    CompletableFuture<Boolean> open;
    synchronized (this) {
      closed = true;
      open = drain;
      drain = null;
    }
    end(open, false);
  }

  synchronized Mode mode() {
    return mode;
  }

  /** The drain that is waited for; null when none is. */
  synchronized @Nullable CompletableFuture<Boolean> drainUnderWay() {
    return drain;
  }

  /** How the owner is told of a new wish. */
  synchronized void onChange(Runnable task) {
    wakeup = task;
  }

  /**
   * All that was read is settled and committed.
   *
   * @param settled the drain that was looked at before that was found
   */
  void drained(CompletableFuture<Boolean> settled) {
    settled.complete(true);
  }

  private void become(Mode next, @Nullable CompletableFuture<Boolean> fresh) {
    CompletableFuture<Boolean> old;
    Runnable tell;
    boolean late;
    synchronized (this) {
      late = closed;
      old = drain;
      mode = next;
      drain = late ? null : fresh;
      tell = wakeup;
    }
    if (old != null && fresh != null && !late) {
      // Who asks for the same again does not take it from whoever asked first.
      var unused = fresh.whenComplete((done, error) -> end(old, Boolean.TRUE.equals(done)));
    } else {
      end(old, false);
    }
    if (late) {
      end(fresh, false);
    }
    tell.run();
  }

  private static void end(@Nullable CompletableFuture<Boolean> drain, boolean done) {
    if (drain != null) {
      drain.complete(done);
    }
  }
}
