package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code ALGO_CONCURRENCY}: at most so many executions at once, of all partitions together, whether
 * they hold a thread or are under way without one. Who asks first is served first, as far as its
 * {@linkplain Allowance allowance} goes; a slot that has been free for a while is nobody's, and
 * widens the allowances of those that were held back. Lock-free.
 */
final class Slots {

  /** A slot that has been free for so long is wanted by nobody who has a claim to it. */
  private static final Duration SPARE = Duration.ofMillis(5);

  /** The same before the first execution has ended, since nobody can be called slow yet. */
  private static final Duration SPARE_AT_FIRST = Duration.ofMillis(50);

  private final Executor threads;
  private final Timers timers;
  private final int concurrency;
  private final AtomicInteger free;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final Pace pace = new Pace();

  /** Those that would take more than they are allowed. */
  private final Queue<Hopeful> hopefuls = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean looking = new AtomicBoolean();

  /** Who would take more slots than it is allowed to. */
  interface Hopeful {

    /** There are slots that nobody else wants. */
    void grow();
  }

  /**
   * Slots.
   *
   * @param concurrency how many
   * @param threads run what is given a slot
   * @param timers tell when a slot has been free for a while
   */
  Slots(int concurrency, Executor threads, Timers timers) {
    this.concurrency = concurrency;
    this.free = new AtomicInteger(concurrency);
    this.threads = threads;
    this.timers = timers;
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
    look();
  }

  /** {@return how many slots are somebody's} */
  int taken() {
    return concurrency - free.get();
  }

  /** {@return how long executions take, those of all partitions} */
  Pace pace() {
    return pace;
  }

  /**
   * Tells once, when there are slots that nobody else wants.
   *
   * @param hopeful who would take them
   */
  void hope(Hopeful hopeful) {
    hopefuls.add(hopeful);
    look();
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

  /** Whoever adds a hopeful, and whoever frees a slot, looks whether the two meet. */
  private void look() {
    if (!hopefuls.isEmpty() && spare() && looking.compareAndSet(false, true)) {
      timers.after(pace.known() ? SPARE : SPARE_AT_FIRST, this::giveAway);
    }
  }

  private void giveAway() {
    looking.set(false);
    if (spare()) {
      for (int count = hopefuls.size(); count > 0; count--) { // not those that hope again
        Hopeful hopeful = hopefuls.poll();
        if (hopeful != null) {
          hopeful.grow();
        }
      }
    }
    look();
  }

  private boolean spare() {
    return free.get() > 0 && waiting.isEmpty();
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
