package run.algo.sdk.kafka.internal.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code ALGO_CONCURRENCY}: at most so many executions at once, of all partitions together, whether
 * they hold a thread or are under way without one. Who asks first is served first. Lock-free.
 */
final class Slots {

  private final Executor threads;
  private final AtomicInteger free;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /**
   * Slots.
   *
   * @param concurrency how many
   * @param threads run what is given a slot
   */
  Slots(int concurrency, Executor threads) {
    this.free = new AtomicInteger(concurrency);
    this.threads = threads;
  }

  /**
   * Runs a visit on a thread once there is a slot for it, which is then the visit's to {@linkplain
   * #release}.
   *
   * @param visit the visit
   */
  void request(Runnable visit) {
    waiting.add(visit);
    serve();
  }

  /** Takes a slot if one is free and nobody waits for it. */
  boolean tryTake() {
    return waiting.isEmpty() && take();
  }

  /** Gives a slot back. */
  void release() {
    free.incrementAndGet();
    serve();
  }

  /** {@return whether somebody waits for a slot} */
  boolean contended() {
    return !waiting.isEmpty();
  }

  /**
   * Every change of either side ends here: whoever adds a visit sees the slots freed before, and
   * whoever frees a slot the visits added before, so none waits for a free slot.
   */
  private void serve() {
    while (!waiting.isEmpty() && take()) {
      Runnable visit = waiting.poll();
      if (visit == null) {
        free.incrementAndGet(); // another served it; look again, since a new one may have missed it
      } else {
        threads.execute(visit);
      }
    }
  }

  private boolean take() {
    int now = free.get();
    while (now > 0) {
      if (free.compareAndSet(now, now - 1)) {
        return true;
      }
      now = free.get();
    }
    return false;
  }
}
