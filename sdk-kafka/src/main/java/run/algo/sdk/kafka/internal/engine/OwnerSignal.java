package run.algo.sdk.kafka.internal.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * How settled records reach the owner thread, which is usually waiting for the broker. It is only
 * woken when it has said that it waits for settled records: because partitions are paused, or
 * because it drains.
 */
final class OwnerSignal {

  private final Runnable wakeup;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private volatile boolean draining;
  private volatile Thread owner = Thread.currentThread();

  /**
   * A signal.
   *
   * @param wakeup ends the owner's poll
   */
  OwnerSignal(Runnable wakeup) {
    this.wakeup = wakeup;
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
      wakeup.run();
    }
  }

  /** The owner parks in {@link #await} from now on, instead of polling. */
  void draining(boolean now) {
    draining = now;
  }

  /** Waits for a settled record, a halt or the deadline; may return early. */
  static void await(Object blocker, long nanos) {
    // Bounded, since a lane that merely ends its execution tells nobody.
    LockSupport.parkNanos(blocker, Math.min(nanos, 1_000_000));
  }
}
