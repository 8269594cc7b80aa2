package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the deadlines of all executions of a runner.
 *
 * <p>All have the same timeout, so what begins after a look is due no earlier than one timeout
 * later: the next look is at the earliest deadline of those that were there, or after one timeout.
 * With quick executions that is one look a timeout, and none while nothing is executed.
 * Thread-safe.
 */
public final class Deadlines {

  /**
   * How long, in nanoseconds, an execution that was interrupted has to leave: enough to unwind and
   * close a connection, little beside what an order scope has waited for already.
   */
  static final long GRACE = 100_000_000;

  /** How long, in nanoseconds, until an execution that was {@linkplain #excused} is looked at. */
  static final long EXCUSED = 50_000_000;

  /** Looks are not closer to each other than this, in nanoseconds, so deadlines are that exact. */
  private static final long CLOSEST = 5_000_000;

  private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

  private static final Duration LONGEST = Duration.ofDays(365);

  private static final Deadlines NONE = new Deadlines();

  private final @Nullable Watch watch;

  /** What it takes to watch. */
  private static final class Watch {
    private final Duration timeout;
    private final Time time;
    private final Abandoned abandoned;
    private final Predicate<Thread> excuse;
    private final Roster roster;
    private final AtomicBoolean looking = new AtomicBoolean();

    Watch(
        Duration timeout,
        Time time,
        int executions,
        Abandoned abandoned,
        Predicate<Thread> excuse) {
      this.timeout = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
      this.time = time;
      this.abandoned = abandoned;
      this.excuse = excuse;
      this.roster = new Roster(executions);
    }

    long nanos() {
      return timeout.toNanos();
    }

    void add(Flight flight) {
      roster.add(flight);
      // After: a look that ends meanwhile sees the flight, or leaves the next one to us.
      if (!looking.get() && looking.compareAndSet(false, true)) {
        time.after(timeout, this::look);
      }
    }

    private void look() {
      long now = time.nanos();
      long[] next = {now + nanos()};
      boolean[] any = {false};
      roster.forEach(
          flight -> {
            if (keeps(flight, now)) {
              any[0] = true;
              next[0] = flight.due() - next[0] < 0 ? flight.due() : next[0];
            } else {
              roster.remove(flight);
            }
          });
      if (!any[0]) {
        looking.set(false);
        if (roster.isEmpty() || !looking.compareAndSet(false, true)) {
          return;
        }
      }
      time.after(Duration.ofNanos(Math.max(closest(), next[0] - now)), this::look);
    }

    private static boolean keeps(Flight flight, long now) {
      try {
        return flight.look(now);
      } catch (Throwable t) { // the others' deadlines must be kept
        log.error("an execution that has passed its deadline cannot be ended", t);
        return false;
      }
    }

    private long closest() {
      return Math.max(1, Math.min(CLOSEST, nanos() / 10));
    }
  }

  /**
   * What deadlines need of the time. Thread-safe.
   *
   * <p>Tasks must not wait for anything that executions may hold up, such as a worker.
   */
  public interface Time {

    /** {@return the monotonic clock, in nanoseconds} */
    long nanos();

    /** {@return the time of day} */
    Instant now();

    /**
     * Runs a task later, one at a time, on a thread that nobody else's work may hold up.
     *
     * @param delay when
     * @param task must not block; lost once the runner has ended
     */
    void after(Duration delay, Runnable task);
  }

  private Deadlines() {
    this.watch = null;
  }

  /**
   * Deadlines.
   *
   * @param timeout how long an execution may take
   * @param time when, and what later
   * @param executions how many there are at once
   * @param abandoned counts those that are left behind
   * @param excuse whether what a thread executes is late through no fault of its own
   */
  public Deadlines(
      Duration timeout, Time time, int executions, Abandoned abandoned, Predicate<Thread> excuse) {
    this.watch = new Watch(timeout, time, executions, abandoned, excuse);
  }

  /** {@return no deadline for any execution} */
  public static Deadlines none() {
    return NONE;
  }

  boolean on() {
    return watch != null;
  }

  private Watch watch() {
    Watch known = watch;
    if (known == null) {
      throw new IllegalStateException("there are no deadlines");
    }
    return known;
  }

  /** The deadline of what begins now, on the monotonic clock. */
  long due() {
    return watch().time.nanos() + watch().nanos();
  }

  /** How long a moment of the monotonic clock is away; zero when it has passed. */
  Duration until(long nanos) {
    return Duration.ofNanos(Math.max(0, nanos - watch().time.nanos()));
  }

  /** The time of day at a moment of the monotonic clock. */
  Instant timeOfDay(long nanos) {
    Time time = watch().time;
    return time.now().plusNanos(nanos - time.nanos());
  }

  void watch(Flight flight) {
    watch().add(flight);
  }

  void forget(Flight flight) {
    watch().roster.remove(flight);
  }

  Abandoned abandoned() {
    return watch().abandoned;
  }

  boolean excused(Thread thread) {
    return watch().excuse.test(thread);
  }

  TimeoutException exceeded() {
    TimeoutException exceeded =
        new TimeoutException(
            "the execution took longer than "
                + watch().timeout.toMillis()
                + " ms (ALGO_TIMEOUT, or timeoutSeconds of the runner config)");
    exceeded.setStackTrace(new StackTraceElement[0]); // the watch's own would tell nothing
    return exceeded;
  }
}
