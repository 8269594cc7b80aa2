package run.algo.sdk.retry;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;

/** Draws the waits of a step's tries. Thread-safe. */
@FunctionalInterface
interface Wait {

  /** The wait of one try. */
  Duration draw();

  /**
   * The waits around a backoff.
   *
   * @param backoff the middle
   * @param jitter how far a wait may lie from it, as a fraction of it
   */
  static Wait of(Duration backoff, double jitter) {
    // The interval function refuses an interval of 0, which has no room for jitter anyway.
    if (backoff.isZero() || jitter == 0) {
      return () -> backoff;
    }
    // It calls its numbers milliseconds, but does no more than draw a number around another: fed
    // with nanoseconds it serves backoffs below a millisecond too.
    IntervalFunction around = IntervalFunction.ofRandomized(nanos(backoff), jitter);
    return () -> Duration.ofNanos(around.apply(1));
  }

  /** Beyond 292 years, which no config can say, the middle is 292 years. */
  private static long nanos(Duration backoff) {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE);
    return backoff.compareTo(longest) > 0 ? Long.MAX_VALUE : backoff.toNanos();
  }
}
