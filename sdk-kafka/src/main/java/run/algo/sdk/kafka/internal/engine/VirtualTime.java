package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import run.algo.sdk.kafka.internal.record.SteadyClock;

/**
 * Threads, timers and clock of an engine that runs on one thread, in time that only moves when it
 * is told to: for tests of Algos, and of the engine itself. Tasks run one at a time and whole;
 * which of those that are ready comes next is the test's choice. One thread runs it; tasks may be
 * handed in from any, as an author's threads do that complete what is under way.
 */
public final class VirtualTime implements Executor, Timers, MonotonicClock, OwnerSignal.Wait {

  private final IntUnaryOperator choice;
  private final List<Runnable> ready = new ArrayList<>();
  private final PriorityQueue<Timed> timed =
      new PriorityQueue<>(Comparator.comparingLong(Timed::due).thenComparingLong(Timed::number));
  private final SteadyClock timeOfDay;
  private long now;
  private long numbers;

  /** A task that is due some time. */
  private record Timed(long due, long number, Runnable task) {}

  /** Time in which the task that is ready first runs first. */
  public VirtualTime() {
    this(count -> 0);
  }

  /**
   * Time in which the order of tasks is chosen.
   *
   * @param choice given how many are ready, which of them is next, from 0
   */
  public VirtualTime(IntUnaryOperator choice) {
    this(choice, System.currentTimeMillis());
  }

  /**
   * Time that begins at a time of day.
   *
   * @param start the time of day
   */
  public VirtualTime(Instant start) {
    this(count -> 0, start.toEpochMilli());
  }

  private VirtualTime(IntUnaryOperator choice, long start) {
    this.choice = choice;
    this.timeOfDay = new SteadyClock(start, this::nanos);
  }

  /** {@return the time of day: it began with the start's, or the system's, and passes with this} */
  public SteadyClock timeOfDay() {
    return timeOfDay;
  }

  @Override
  public synchronized void execute(Runnable task) {
    ready.add(task);
    notifyAll();
  }

  /**
   * Waits, in real time, for another thread to hand in a task.
   *
   * @param nanos how long at most
   * @return whether one is ready
   * @throws InterruptedException when interrupted
   */
  public synchronized boolean awaitReady(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (ready.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
    }
    return true;
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    timed.add(new Timed(now + delay.toNanos(), numbers++, task));
  }

  @Override
  public synchronized long nanos() {
    return now;
  }

  /**
   * Runs one task.
   *
   * @return false when none is ready
   */
  public boolean runOne() {
    Runnable next;
    synchronized (this) {
      if (ready.isEmpty()) {
        return false;
      }
      next = ready.remove(choice.applyAsInt(ready.size()));
    }
    next.run();
    return true;
  }

  /** Runs tasks until none is ready. */
  public void runAll() {
    while (runOne()) {
      // each may make others ready
    }
  }

  /** {@return whether a task is ready} */
  public synchronized boolean anyReady() {
    return !ready.isEmpty();
  }

  /**
   * Lets time pass, at most up to the next timer, whose task is then ready.
   *
   * @param nanos how much at most
   * @return how much has passed
   */
  public synchronized long pass(long nanos) {
    Timed next = timed.peek();
    long until = next == null ? now + nanos : Math.min(now + nanos, Math.max(now, next.due()));
    long passed = until - now;
    now = until;
    for (Timed due = timed.peek(); due != null && due.due() <= now; due = timed.peek()) {
      ready.add(timed.remove().task());
    }
    return passed;
  }

  /** The owner drains: everybody else goes on, or time does. */
  @Override
  public void await(Object blocker, long nanos) {
    if (!runOne()) {
      pass(nanos);
    }
  }
}
