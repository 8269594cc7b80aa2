package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when the test says so; what is due runs on the thread that says it. */
final class ManualTime implements Deadlines.Time {

  static final Instant START = Instant.parse("2024-05-06T07:08:09Z");

  private final PriorityQueue<Timed> timed =
      new PriorityQueue<>(Comparator.comparingLong(Timed::due));
  private long now;
  private int asked;

  private record Timed(long due, Runnable task) {}

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public synchronized Instant now() {
    return START.plusNanos(now);
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    asked++;
    timed.add(new Timed(now + delay.toNanos(), task));
  }

  void advance(Duration duration) {
    long until = nanos() + duration.toNanos();
    for (Runnable next = next(until); next != null; next = next(until)) {
      next.run();
    }
  }

  private synchronized Runnable next(long until) {
    Timed first = timed.peek();
    if (first == null || first.due() > until) {
      now = until;
      return null;
    }
    now = first.due();
    return timed.remove().task();
  }

  /** How often something was to be done later. */
  synchronized int asked() {
    return asked;
  }

  /** Whether something is to be done later. */
  synchronized boolean waits() {
    return !timed.isEmpty();
  }
}
