package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.execute.Deadlines;

/**
 * Notices when busy virtual threads own all of their carriers, and moves on.
 *
 * <p>Virtual threads are not preempted: on a machine with two processors two busy loops are enough
 * to stop every other one, for as long as they run. So while there is work, a tiny virtual thread,
 * the canary, is started now and then. If it does not come to run, there is more than the carriers
 * can do. Where this Java lets it, the process gets more carriers, twice as many at each look until
 * the canary runs: with enough of them the system's scheduler shares the processors, as among
 * platform threads. Elsewhere the {@link Relief} takes over.
 *
 * <p>The carriers are given back one by one once all is well. If that was too early, the canary
 * tells, and the next attempt comes later: so a loop that never ends costs a short stall now and
 * then, and nobody has to know which execution it was.
 *
 * <p>Looks are on the watch's thread, one at a time; the rest is thread-safe.
 */
final class CarrierWatch {

  private static final Logger log = LoggerFactory.getLogger(CarrierWatch.class);

  /** Long beside a canary's way, short beside any timeout. */
  static final Duration LOOK = Duration.ofMillis(20);

  /** A canary that has not run at this look is late; one look is within a busy system's hiccups. */
  private static final int LATE = 2;

  /** So many looks all must be well before a carrier is given back, one second's. */
  private static final int CALM = 50;

  /** A carrier that proved to be needed is kept so many times longer at most. */
  private static final int MOST_PATIENCE = 64;

  /** So long, in nanoseconds, those that were held up have to catch up. */
  private static final long CATCH_UP = 250_000_000;

  /** What a scheduler's queue has room for at first. */
  private static final int FEWEST_WAKERS = 64;

  private static final int MOST_WAKERS = 4096;

  private final ThreadFactory virtual;
  private final Deadlines.Time time;
  private final Optional<CarrierPool> pool;
  private final Relief relief;

  private final AtomicInteger work = new AtomicInteger();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile boolean closed;

  /** Whether the canary is late, and until when it was. */
  private volatile boolean owned;

  private volatile boolean everOwned;
  private volatile long ownedUntil;

  // The watch thread's, and the closing one's under the lock
  private Canary canary = new Canary();
  private int age;
  private int extra;
  private int calm;
  private int patience = 1;

  /** How many threads are started to wake a carrier. */
  private int wakers = FEWEST_WAKERS;

  /** Whether a carrier was given back when {@link #calm} began. */
  private boolean trying;

  /** What else can be done when all carriers are owned. */
  interface Relief {

    /**
     * The carriers are owned, or free again. Told at every look while they are owned.
     *
     * @param owned which of the two
     */
    void owned(boolean owned);
  }

  /** Shows that it has run. */
  private static final class Canary implements Runnable {
    private volatile boolean ran;

    @Override
    public void run() {
      ran = true;
    }
  }

  /**
   * A watch; it looks only while there is {@linkplain #begun work}.
   *
   * @param virtual makes virtual threads
   * @param time tells when to look
   * @param pool the carriers, where there can be more
   * @param relief is told where there cannot
   */
  CarrierWatch(
      ThreadFactory virtual, Deadlines.Time time, Optional<CarrierPool> pool, Relief relief) {
    this.virtual = virtual;
    this.time = time;
    this.pool = pool;
    this.relief = relief;
    this.canary.ran = true;
  }

  /** A task was handed to a virtual thread. */
  void begun() {
    work.incrementAndGet();
    arm();
  }

  /** A task has ended. */
  void ended() {
    work.decrementAndGet();
  }

  /**
   * Whether a thread that executes waits, or only waits to go on, while there are no carriers for
   * it. A virtual thread without a carrier stands in a method of its own class.
   *
   * @param thread the thread
   */
  boolean heldUp(Thread thread) {
    if (!owned && !(everOwned && time.nanos() - ownedUntil < CATCH_UP)) {
      return false;
    }
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0 && stack[0].getClassName().equals("java.lang.VirtualThread");
  }

  /** Looks no more, and gives back what it has. */
  synchronized void close() {
    closed = true;
    giveBack(extra);
  }

  private void arm() {
    if (!looking.get() && looking.compareAndSet(false, true)) {
      time.after(LOOK, this::look);
    }
  }

  private synchronized void look() {
    if (closed) {
      return;
    }
    if (canary.ran) {
      well();
      if (work.get() == 0 && extra == 0) {
        looking.set(false);
        if (work.get() != 0) {
          arm();
        }
        return;
      }
      send();
    } else if (++age >= LATE) {
      late();
    }
    time.after(LOOK, this::look);
  }

  private void send() {
    canary = new Canary();
    age = 0;
    virtual.newThread(canary).start();
  }

  private void well() {
    wakers = FEWEST_WAKERS;
    if (owned) {
      ownedUntil = time.nanos();
      owned = false;
      relief.owned(false);
      log.debug("virtual threads get on, with {} carriers more than before", extra);
    }
    if (++calm >= CALM * patience) {
      calm = 0;
      trying = extra > 0;
      if (trying) {
        giveBack(1);
      } else {
        patience = 1;
      }
    }
  }

  private void late() {
    if (!owned) {
      owned = true;
      everOwned = true;
      if (trying && calm < CALM) {
        patience = Math.min(MOST_PATIENCE, 2 * patience); // what was given back is missed
      }
      trying = false;
      log.debug("virtual threads do not get on: busy ones own all carriers");
    }
    calm = 0;
    int added = pool.isPresent() ? pool.get().change(Math.max(1, extra)) : 0;
    extra += added;
    if (extra > 0) {
      wake();
    }
    if (added == 0) {
      relief.owned(true);
    }
  }

  /**
   * A carrier comes up when something is handed in, not when there may be one more; and then only
   * where the queue that it is handed to was empty or has to grow, since otherwise somebody was
   * told before, who alas was none of those that may come up now. What is handed in from one thread
   * goes to one queue: so it gets twice as much at each look, until it has to grow.
   */
  private void wake() {
    for (int i = 0; i < wakers; i++) {
      virtual.newThread(canary).start();
    }
    wakers = Math.min(MOST_WAKERS, 2 * wakers);
  }

  private void giveBack(int carriers) {
    if (carriers > 0 && pool.isPresent()) {
      pool.get().change(-carriers);
      extra -= carriers;
    }
  }
}
