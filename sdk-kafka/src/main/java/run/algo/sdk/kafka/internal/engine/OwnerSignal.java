package run.algo.sdk.kafka.internal.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * How settled records reach the owner thread, which is usually waiting for the broker. It is only
 * woken when it has said that it waits for settled records: because partitions are paused, or
 * because it drains.
 */
final class OwnerSignal {

  /** So long the owner waits at most before it looks again by itself. */
  private static final long LONGEST_WAIT = 1_000_000;

  private final Runnable wakeup;
  private final Wait wait;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private volatile boolean draining;
  private volatile boolean waiting;
  private volatile Thread owner = Thread.currentThread();

  /**
   * A signal.
   *
   * @param wakeup ends the owner's poll
   * @param wait how the owner waits while it drains
   */
  OwnerSignal(Runnable wakeup, Wait wait) {
    this.wakeup = wakeup;
    this.wait = wait;
  }

  /** How a thread waits: until it is unparked, or for some time; it may return early. */
  @FunctionalInterface
  interface Wait {

    /** The process's own. */
    Wait PARK = LockSupport::parkNanos;

    /**
     * Waits.
     *
     * @param blocker what waits, for whoever looks at the thread
     * @param nanos how long at most
     */
    void await(Object blocker, long nanos);
  }

  /** Names the thread that waits. On that thread. */
  void owner(Thread thread) {
    owner = thread;
  }

  /** The owner wants to be woken by the next settled record that is worth a look. */
  void want() {
    wanted.set(true);
  }

  /** The owner is awake. */
  void dontWant() {
    wanted.set(false);
  }

  /** A record was settled. From any thread. */
  void settled(boolean worthLook) {
    if (draining) {
      LockSupport.unpark(owner);
    } else if (worthLook && wanted.get() && wanted.compareAndSet(true, false)) {
      if (waiting) {
        LockSupport.unpark(owner);
      } else {
        wakeup.run();
      }
    }
  }

  /** Something that the owner must look at now, whatever it does. From any thread. */
  void wake() {
    wakeup.run();
    LockSupport.unpark(owner);
  }

  /**
   * The owner has nothing to poll for: waits for a settled record that it {@linkplain #want wants},
   * without the exception by which a poll is woken. May return early.
   */
  void awaitWanted(Object blocker, long nanos) {
    waiting = true;
    try {
      if (wanted.get()) { // else it came before anybody could see that we wait
        wait.await(blocker, nanos);
      }
    } finally {
      waiting = false;
    }
  }

  /** The owner parks in {@link #await} from now on, instead of polling. */
  void draining(boolean now) {
    draining = now;
  }

  /** Waits for a settled record, a halt or the deadline; may return early. */
  void await(Object blocker, long nanos) {
    // Bounded, since a record that is put back tells nobody.
    wait.await(blocker, Math.min(nanos, LONGEST_WAIT));
  }
}
