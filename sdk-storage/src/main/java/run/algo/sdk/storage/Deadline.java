package run.algo.sdk.storage;

import java.time.Duration;

/** A point of monotonic time. Immutable. */
final class Deadline {

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  static Deadline after(Duration timeout) {
    // Beyond a century nothing is told apart; the sum must not overflow.
    long longest = Duration.ofDays(36_500).toNanos();
    long length = timeout.compareTo(Duration.ofNanos(longest)) > 0 ? longest : timeout.toNanos();
    return new Deadline(System.nanoTime() + length);
  }

  /** What is left, nothing or more. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }
}
