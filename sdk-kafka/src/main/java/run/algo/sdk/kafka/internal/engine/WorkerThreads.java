package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.execute.Deadlines;

/**
 * The threads that execute the Algo. Platform threads are kept for the next task: at most so many
 * at once, and one more for each that an abandoned execution keeps. Each task has a virtual thread
 * of its own, as many as {@link Slots} lets there be: one is made quicker than one is woken that
 * waits, which has a lock and, if it is not to wait forever, a timer in its way.
 */
public final class WorkerThreads implements Executor, PollThreads.Left {

  private static final Logger log = LoggerFactory.getLogger(WorkerThreads.class);

  /** Most platform threads that stand in for virtual ones. */
  private static final int MOST_STAND_INS = 256;

  /** The pools, with how many threads each has when none is abandoned. */
  private final List<Pool> pools = new ArrayList<>();

  private final Executor entry;
  private final @Nullable CarrierWatch carriers;

  /** Those that are alive, and whether they are for one task of their own, or a pool's. */
  private final ConcurrentMap<Thread, Boolean> alive = new ConcurrentHashMap<>();

  private volatile boolean ended;

  private record Pool(ThreadPoolExecutor executor, int threads) {}

  /**
   * Worker threads.
   *
   * @param concurrency most executions at once
   * @param threads makes the threads
   */
  public WorkerThreads(int concurrency, ThreadFactory threads) {
    this.entry = pool(concurrency, threads);
    this.carriers = null;
  }

  /**
   * Worker threads that are virtual ones, unless these do not get on.
   *
   * @param concurrency most executions at once
   * @param virtual makes virtual threads
   * @param platform makes those that stand in for them
   * @param time watches them
   * @param carriers the virtual threads' carriers, where there can be more
   */
  WorkerThreads(
      int concurrency,
      ThreadFactory virtual,
      ThreadFactory platform,
      Deadlines.Time time,
      Optional<CarrierPool> carriers) {
    Executor each = task -> start(virtual, task);
    if (carriers.isPresent()) {
      this.entry = each;
      this.carriers = new CarrierWatch(virtual, time, carriers, owned -> {});
    } else {
      ThreadPoolExecutor standIns = pool(Math.min(concurrency, MOST_STAND_INS), platform);
      Diversion diversion = new Diversion(each, standIns);
      this.entry = diversion;
      this.carriers = new CarrierWatch(virtual, time, carriers, diversion);
    }
  }

  /**
   * Worker threads that are virtual ones, unless these do not get on.
   *
   * @param concurrency most executions at once
   * @param virtual makes virtual threads
   * @param platform makes those that stand in for them
   * @param time watches them
   * @return worker threads
   */
  public static WorkerThreads virtual(
      int concurrency, ThreadFactory virtual, ThreadFactory platform, Deadlines.Time time) {
    return new WorkerThreads(concurrency, virtual, platform, time, CarrierPool.ofProcess());
  }

  private void start(ThreadFactory threads, Runnable task) {
    if (!ended) {
      threads.newThread(() -> live(task, true)).start();
    }
  }

  private ThreadPoolExecutor pool(int count, ThreadFactory threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> threads.newThread(() -> live(task, false)));
    pool.allowCoreThreadTimeOut(true);
    // What comes after the close belongs to a partition that the next owner starts over.
    pool.setRejectedExecutionHandler((task, executor) -> {});
    pools.add(new Pool(pool, count));
    return pool;
  }

  @Override
  public void execute(Runnable task) {
    CarrierWatch watch = carriers;
    if (watch == null) {
      entry.execute(() -> run(task));
    } else {
      watch.begun();
      entry.execute(
          () -> {
            try {
              run(task);
            } finally {
              watch.ended();
            }
          });
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) { // a worker survives whatever it runs
      if (!ended) {
        log.error("a task of the runner failed", t);
      }
    }
  }

  private void live(Runnable task, boolean own) {
    Thread current = Thread.currentThread();
    alive.put(current, own);
    try {
      if (!own
          || !ended) { // after the entry: who ends it either finds this thread or is seen by it
        task.run();
      }
    } finally {
      alive.remove(current);
    }
  }

  /** A thread that was the poll loop's is a worker until the end of its visit. */
  @Override
  public void left(Thread thread) {
    synchronized (alive) {
      if (alive.putIfAbsent(thread, true) != null) {
        return; // a worker that has turned the loop for want of threads: it is interrupted as such
      }
      if (ended) {
        thread.interrupt();
      }
    }
  }

  @Override
  public void done(Thread thread) {
    alive.remove(thread, true);
  }

  /**
   * Makes up for threads that abandoned executions keep.
   *
   * @param abandoned how many there are now
   */
  public synchronized void abandoned(int abandoned) {
    for (Pool pool : pools) {
      int threads = pool.threads() + abandoned;
      if (threads > pool.executor().getMaximumPoolSize()) {
        pool.executor().setMaximumPoolSize(threads);
        pool.executor().setCorePoolSize(threads);
      } else {
        pool.executor().setCorePoolSize(threads); // ends idle threads alone
        pool.executor().setMaximumPoolSize(threads);
      }
    }
  }

  /**
   * Whether what a thread executes cannot go on for want of a carrier.
   *
   * @param thread one of these threads
   * @return whether it is held up by others
   */
  public boolean heldUp(Thread thread) {
    return carriers != null && carriers.heldUp(thread);
  }

  /**
   * After {@link #interrupt}: waits until all have ended.
   *
   * @param timeout how long at most
   * @return those that have not, which ignore interrupts
   */
  List<Thread> awaitEnd(Duration timeout) {
    boolean allEnded = true;
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Pool pool : pools) {
      allEnded &= awaitEnd(pool.executor(), deadline);
    }
    for (Thread thread : alive.keySet()) {
      allEnded &= awaitEnd(thread, deadline);
    }
    if (carriers != null) {
      carriers.close(); // not before: threads need carriers to end, too
    }
    return allEnded ? List.of() : List.copyOf(alive.keySet());
  }

  private static boolean awaitEnd(ThreadPoolExecutor pool, long deadline) {
    return awaitEnd(nanos -> pool.awaitTermination(nanos, TimeUnit.NANOSECONDS), deadline);
  }

  private static boolean awaitEnd(Thread thread, long deadline) {
    return awaitEnd(
        nanos -> {
          TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
          return !thread.isAlive();
        },
        deadline);
  }

  /** Waits at most so long for an end. */
  private interface End {
    boolean await(long nanos) throws InterruptedException;
  }

  private static boolean awaitEnd(End end, long deadline) {
    boolean ended = false;
    boolean interrupted = false;
    do {
      try {
        ended = end.await(deadline - System.nanoTime());
      } catch (InterruptedException e) {
        interrupted = true; // the wait is bounded
      }
    } while (!ended && deadline - System.nanoTime() > 0);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }

  /** Takes no more tasks and interrupts those that run. */
  public void interrupt() {
    synchronized (alive) {
      ended = true;
      // Each once: a second interrupt would hit what an execution does because of the first.
      pools.forEach(pool -> pool.executor().shutdownNow());
      alive.forEach(
          (thread, own) -> {
            if (own) {
              thread.interrupt();
            }
          });
    }
  }
}
