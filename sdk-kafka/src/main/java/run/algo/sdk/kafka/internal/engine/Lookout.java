package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks now and then at the crews that have work waiting and do not call more workers, in case
 * those they have do not get on. One timer for all of them, and none while there is no such crew.
 * Thread-safe.
 */
final class Lookout {

  /** Long beside what quick executions take, short beside what anybody would notice. */
  static final Duration LOOK = Duration.ofMillis(2);

  private final Timers timers;
  private final Queue<Runnable> watched = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean armed = new AtomicBoolean();

  /**
   * A lookout.
   *
   * @param timers tell when to look
   */
  Lookout(Timers timers) {
    this.timers = timers;
  }

  /**
   * Looks at a crew, once.
   *
   * @param look what it does then; must not block
   */
  void watch(Runnable look) {
    watched.add(look);
    arm();
  }

  private void arm() {
    if (!watched.isEmpty() && armed.compareAndSet(false, true)) {
      timers.after(LOOK, this::look);
    }
  }

  private void look() {
    armed.set(false);
    for (int count = watched.size(); count > 0; count--) { // not those that are to be watched again
      Runnable look = watched.poll();
      if (look != null) {
        look.run();
      }
    }
    arm();
  }
}
