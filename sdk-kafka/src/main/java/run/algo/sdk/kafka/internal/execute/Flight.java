package run.algo.sdk.kafka.internal.execute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of an author's method that has a deadline. Two meet here: the worker that makes the
 * call, and the watch's thread, which finds that the deadline has passed.
 *
 * <p>Until it passes, the call is the worker's. When it passes, whatever comes of the call is a
 * timeout, also a result that is returned a moment later: code that was interrupted may return half
 * a result, and a {@code null} for "interrupted" would be a record lost. The worker's thread is
 * interrupted, and has a short grace to leave the call and fail the record itself, which keeps its
 * order scope free of overlaps. If it does not, the execution is abandoned: the record fails on
 * another worker, the scope goes on, and the thread finds, should it ever come back, that nothing
 * is left for it to do.
 *
 * <p>One atomic tells all of that, so that exactly one of them has the last word. An interrupt is
 * never sent to a thread that has left the call: the phase in which it is sent holds the worker up.
 */
abstract class Flight {

  private static final VarHandle PHASE;

  static {
    try {
      PHASE = MethodHandles.lookup().findVarHandle(Flight.class, "phase", Phase.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Deadlines deadlines;

  /** Its place in the {@link Roster}. */
  int cell;

  private volatile Phase phase = Phase.CALLING;
  private @Nullable Thread thread;

  /** When to look again; written before it is in the roster, and then by the watch alone. */
  private long due;

  /** Made when the deadline passes, and published by the phase. */
  private @Nullable TimeoutException timeout;

  private enum Phase {
    /** The worker is in the call. */
    CALLING,
    /** The deadline has passed; the worker's thread is being interrupted and may not leave. */
    INTERRUPTING,
    /** The worker is in the call, and in its grace. */
    INTERRUPTED,
    /** The worker has left the call. */
    LEFT,
    /** The worker is in the call, and nobody waits for it any more. */
    ABANDONED
  }

  /** How a worker has left the call. */
  enum Leaving {
    /** Before the deadline. */
    ON_TIME,
    /** In the grace: the record has timed out, and the worker goes on with it. */
    TIMED_OUT,
    /** Too late: another worker goes on, or has gone on, with the record. */
    ABANDONED
  }

  Flight(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  // For the worker

  /**
   * Just before the call.
   *
   * @param executions the executions that the call is for
   */
  final void begin(Iterable<Execution> executions) {
    if (deadlines.on()) {
      thread = Thread.currentThread();
      due = deadlines.due();
      for (Execution execution : executions) {
        execution.due(due);
      }
      deadlines.watch(this);
    }
  }

  /** Just after the call. */
  final Leaving leave() {
    if (!deadlines.on() || PHASE.compareAndSet(this, Phase.CALLING, Phase.LEFT)) {
      return Leaving.ON_TIME;
    }
    while (phase == Phase.INTERRUPTING) {
      Thread.onSpinWait(); // for the few instructions of an interrupt
    }
    boolean inGrace = PHASE.compareAndSet(this, Phase.INTERRUPTED, Phase.LEFT);
    Thread.interrupted(); // the deadline's; whatever runs here next is not meant
    if (inGrace) {
      return Leaving.TIMED_OUT;
    }
    deadlines.abandoned().returned();
    return Leaving.ABANDONED;
  }

  /** Nothing is left to be watched. May be called more than once. */
  final void end() {
    if (deadlines.on()) {
      deadlines.forget(this);
    }
  }

  /** Why the record has failed, after {@link Leaving#TIMED_OUT}. */
  final TimeoutException timeout(@Nullable Throwable thrown) {
    TimeoutException cause = timeout();
    if (thrown != null && thrown != cause) {
      cause.initCause(thrown);
    }
    return cause;
  }

  final TimeoutException timeout() {
    return Objects.requireNonNull(timeout, "the deadline has not passed");
  }

  /** After {@link #abandoned()}: where the thread is that has been left behind. */
  final TimeoutException timeoutWithPlace() {
    TimeoutException cause = timeout();
    Thread stuck = Objects.requireNonNull(thread);
    StackTraceElement[] place = stuck.getStackTrace();
    if (place.length > 0) {
      cause.setStackTrace(place);
    }
    return cause;
  }

  // For the watch, on its thread: nothing here may block or run an author's code

  long due() {
    return due;
  }

  /**
   * Does what is due.
   *
   * @return whether to look again, at {@link #due}
   */
  final boolean look(long now) {
    while (now - due >= 0) {
      switch (phase) {
        case CALLING -> {
          if (deadlines.excused(Objects.requireNonNull(thread))) {
            due = now + Deadlines.EXCUSED;
          } else if (PHASE.compareAndSet(this, Phase.CALLING, Phase.INTERRUPTING)) {
            interrupt();
            due = now + Deadlines.GRACE;
          } // else it has just left
        }
        case INTERRUPTED -> {
          if (PHASE.compareAndSet(this, Phase.INTERRUPTED, Phase.ABANDONED)) {
            deadlines.abandoned().leftBehind();
            abandoned();
          }
          return false;
        }
        case LEFT -> {
          if (timeout == null) {
            timeout = deadlines.exceeded();
            expiredAfterCall();
          }
          return false;
        }
        case INTERRUPTING, ABANDONED -> {
          return false; // the watch alone could have brought it there, and does not come back
        }
      }
    }
    return true;
  }

  private void interrupt() {
    try {
      timeout = deadlines.exceeded();
      expired();
      Objects.requireNonNull(thread).interrupt();
    } finally {
      phase = Phase.INTERRUPTED; // whatever happens: the worker waits for it
    }
  }

  /** The deadline has passed within the call: what is not decided yet is a timeout. */
  abstract void expired();

  /** The deadline has passed after the call. Of concern only where a call does not end a flight. */
  void expiredAfterCall() {}

  /** The worker has not left in its grace: hands the rest to another. */
  abstract void abandoned();
}
