package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that turn the poll loop, one at a time, and what such a thread executes itself.
 *
 * <p>What takes no longer than its hand-over to a worker is done soonest by the thread that has
 * read it: its records are in the cache of the processor that it runs on, and nobody has to be
 * woken. So the visits of {@linkplain Visit quick} partitions that a poll gives rise to are done by
 * the poll thread, after the poll and before the next one.
 *
 * <p>An execution may last, though all before it were quick. Then the loop does not wait for it:
 * another thread goes on with the loop, and the old one is from then on a worker like any other,
 * and ends with its visit. What it had not begun goes to the workers. For a while after that
 * nothing is executed by a poll thread, for longer if it comes again.
 *
 * <p>Thread-safe.
 */
final class PollThreads implements Executor {

  private static final Logger log = LoggerFactory.getLogger(PollThreads.class);

  /**
   * Long beside a poll's quick executions; what waits behind a slow one waits for about as long.
   */
  static final Duration LOOK = Duration.ofMillis(10);

  /** A visit that is at work, and waits for nothing, may only have too little of a processor. */
  private static final int LOOKS_AT_WORK = 3;

  private static final long FIRST_PATIENCE = 100_000_000;
  private static final long LAST_PATIENCE = 10_000_000_000L;

  /** So many times longer than it was off it has to go well, until it is off for the least time. */
  private static final int CALM = 8;

  private final Executor workers;
  private final Means means;

  /** Who collects visits at this moment; written by itself and, under the lock, by its relief. */
  private volatile @Nullable Thread collector;

  /** Nothing is executed by the poll thread until then. Written under the lock. */
  private volatile long offUntil;

  /** Whether some was taken from a worker, and not begun. Written under the lock. */
  private volatile boolean taken;

  // Under the lock
  private final ArrayDeque<Runnable> collected = new ArrayDeque<>();
  private @Nullable Stint current;
  private long visits;
  private boolean visiting;
  private boolean looking;
  private long seen;
  private int looks;

  /** Doubled each time, and so for the first time, too. */
  private long patience = FIRST_PATIENCE / 2;

  private @Nullable Throwable failure;

  private final CountDownLatch over = new CountDownLatch(1);

  /** What is done where executions are quick. */
  interface Visit extends Runnable {

    /** {@return whether its next executions will most likely take less than a hand-over} */
    boolean isQuick();
  }

  /** The loop, from the view of the threads that turn it. */
  interface Loop {

    /** The calling thread is the loop's owner from now on. */
    void own();

    /**
     * One turn.
     *
     * @return whether there is to be another
     */
    boolean turn();

    /** Ends a turn that waits for something. From any thread. */
    void wake();
  }

  /** Who is told of threads that the loop has left behind. */
  interface Left {

    /** One that goes on with its visit. It is to be interrupted at the end, as workers are. */
    void left(Thread thread);

    /** It has ended its visit, on itself. */
    void done(Thread thread);
  }

  /**
   * What they work with.
   *
   * @param threads makes them
   * @param timers tell when to look; what they run must not wait for workers
   * @param clock tells the time
   * @param left is told of threads that the loop has left behind
   * @param after is run on the thread that has executed, after that
   */
  record Means(
      ThreadFactory threads, Timers timers, MonotonicClock clock, Left left, Runnable after) {}

  /**
   * Threads.
   *
   * @param workers run what is not quick, or comes at other times
   * @param means what they work with
   */
  PollThreads(Executor workers, Means means) {
    this.workers = workers;
    this.means = means;
    this.offUntil = means.clock().nanos();
  }

  /** One thread's time as the owner of the loop. */
  private final class Stint implements Runnable {
    private final Loop loop;
    private volatile @Nullable Thread thread;

    Stint(Loop loop) {
      this.loop = loop;
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      try {
        loop.own();
        boolean goesOn = true;
        while (goesOn) {
          goesOn = loop.turn();
          if (!visitAll(this)) {
            return; // the loop is another's
          }
        }
        end(this, null);
      } catch (Throwable t) { // told to whoever waits for the end
        end(this, t);
      }
    }
  }

  /**
   * Turns a loop until it ends, on other threads than the calling one, which waits.
   *
   * @param loop the loop; what a turn throws is thrown here
   */
  void run(Loop loop) {
    begin(loop);
    boolean interrupted = false;
    while (true) {
      try {
        over.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the loop has other ways to be told
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable thrown;
    synchronized (this) {
      thrown = failure;
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private void begin(Loop loop) {
    Stint next = new Stint(loop);
    synchronized (this) {
      current = next;
    }
    start(next);
  }

  private void start(Stint next) {
    try {
      means.threads().newThread(next).start();
    } catch (OutOfMemoryError e) { // there are no more threads to be had; the loop must go on
      log.warn(
          "a worker turns the poll loop, since no thread can be made for it: {}", e.toString());
      workers.execute(next);
    }
  }

  private void end(Stint stint, @Nullable Throwable thrown) {
    List<Runnable> rest;
    synchronized (this) {
      if (current != stint) {
        return; // the loop is another's, who will tell
      }
      collector = null;
      failure = thrown;
      current = null;
      rest = takeCollected();
    }
    rest.forEach(workers::execute);
    over.countDown();
  }

  /** Whether the calling thread turns the loop, and is not within what it executes. */
  boolean turns() {
    synchronized (this) {
      Stint now = current;
      return now != null && now.thread == Thread.currentThread() && !visiting;
    }
  }

  /** From now on what the calling owner gives rise to is for itself. */
  void collect() {
    if (!isOff()) {
      collector = Thread.currentThread();
    }
  }

  private boolean isOff() {
    return means.clock().nanos() - offUntil < 0;
  }

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() == collector && task instanceof Visit visit && visit.isQuick()) {
      synchronized (this) {
        if (Thread.currentThread() == collector) { // it may have been relieved meanwhile
          collected.add(task);
          return;
        }
      }
    }
    workers.execute(task);
  }

  /**
   * A worker is in the midst of a visit that has become quick.
   *
   * @return whether the poll thread goes on with it
   */
  boolean take(Visit visit) {
    if (Thread.currentThread() == collector || isOff()) {
      return false; // asked before each execution, so not under the lock
    }
    Loop waiting;
    synchronized (this) {
      Stint now = current;
      if (now == null || now.thread == Thread.currentThread()) {
        return false;
      }
      collected.add(visit);
      taken = true;
      waiting = visiting || collector != null ? null : now.loop;
    }
    if (waiting != null) {
      waiting.wake();
    }
    return true;
  }

  /** Whether the calling thread is still the owner after that. */
  private boolean visitAll(Stint stint) {
    if (collector == null && !taken) {
      return true; // nothing was collected, which is most of the time where executions last
    }
    boolean any = false;
    for (Runnable visit = next(stint, any); visit != null; visit = next(stint, any)) {
      any = true;
      visit(visit);
    }
    if (any) {
      means.after().run();
    }
    synchronized (this) {
      if (current == stint) {
        return true;
      }
    }
    means.left().done(Thread.currentThread());
    return false;
  }

  private synchronized @Nullable Runnable next(Stint stint, boolean any) {
    if (current != stint) {
      return null;
    }
    Runnable next = collected.poll();
    visiting = next != null;
    taken = false;
    if (next == null) {
      collector = null;
      return null;
    }
    collector = Thread.currentThread();
    visits++;
    if (!any && !looking) {
      looking = true;
      seen = 0;
      means.timers().after(LOOK, this::look);
    }
    return next;
  }

  private void visit(Runnable visit) {
    try {
      visit.run();
    } catch (Throwable t) { // the loop survives whatever it runs
      log.error("a task of the runner failed", t);
    }
    boolean cleared = Thread.interrupted(); // whoever set it meant the execution
    if (cleared) {
      log.debug("an execution has left its thread interrupted");
    }
  }

  /** Looks whether the poll thread is within the same visit as before. */
  private void look() {
    List<Runnable> rest;
    Stint next;
    synchronized (this) {
      Stint now = current;
      if (now == null || (!visiting && visits == seen)) {
        looking = false; // the next visit arms it
        return;
      }
      if (!visiting || visits != seen) {
        seen = visits;
        looks = 0;
        means.timers().after(LOOK, this::look);
        return;
      }
      Thread held = now.thread;
      if (held == null || (++looks < LOOKS_AT_WORK && held.getState() == Thread.State.RUNNABLE)) {
        means.timers().after(LOOK, this::look);
        return;
      }
      means.left().left(held);
      looking = false;
      visiting = false;
      collector = null;
      off();
      rest = takeCollected();
      next = new Stint(now.loop);
      current = next;
    }
    log.debug("an execution lasts: another thread goes on with the poll loop");
    start(next);
    rest.forEach(workers::execute);
  }

  private void off() {
    long now = means.clock().nanos();
    boolean wasCalm = now - offUntil > CALM * patience;
    patience = wasCalm ? FIRST_PATIENCE : Math.min(LAST_PATIENCE, 2 * patience);
    offUntil = now + patience;
  }

  private List<Runnable> takeCollected() {
    List<Runnable> taken = new ArrayList<>(collected);
    collected.clear();
    return taken;
  }
}
