package run.algo.sdk.kafka.internal.record;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * The time of day as far as due times go: set from the system clock once, then driven by the
 * monotonic clock. A step of the system clock changes nothing here, so whoever writes a due time
 * and whoever waits for it within one process always agree. Immutable, thread-safe.
 */
public final class SteadyClock {

  /** The process's own: all runners of a process share it. */
  public static final SteadyClock SYSTEM =
      new SteadyClock(
          () -> ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()), System::nanoTime);

  private static final long NANOS_A_MILLI = 1_000_000;

  private static final int LOOKS = 10;

  private final LongSupplier monotonic;

  /** What has to be added to the monotonic time, in nanoseconds. */
  private final long shift;

  /**
   * A clock.
   *
   * @param epochMillis the time of day at this moment, in milliseconds since the epoch
   * @param monotonic drives it, in nanoseconds
   */
  public SteadyClock(long epochMillis, LongSupplier monotonic) {
    this(() -> nanosOf(epochMillis), monotonic);
  }

  /**
   * A clock that is set from another one.
   *
   * @param ofDay the other, in nanoseconds since the epoch
   * @param monotonic drives it, in nanoseconds
   */
  SteadyClock(LongSupplier ofDay, LongSupplier monotonic) {
    this.monotonic = monotonic;
    long best = Long.MAX_VALUE;
    long found = 0;
    // A thread that is held up between the two looks takes the time of day for a later one.
    for (int look = 0; look < LOOKS; look++) {
      long before = monotonic.getAsLong();
      long time = ofDay.getAsLong();
      long after = monotonic.getAsLong();
      if (after - before < best) {
        best = after - before;
        found = time - after; // rather behind than ahead
      }
    }
    this.shift = found;
  }

  /** {@return the time of day in nanoseconds since the epoch} */
  public long nanos() {
    return monotonic.getAsLong() + shift;
  }

  /** {@return the time of day in milliseconds since the epoch} */
  public long millis() {
    return Math.floorDiv(nanos(), NANOS_A_MILLI);
  }

  /**
   * Nanoseconds of so many milliseconds.
   *
   * @param millis milliseconds, not negative
   * @return nanoseconds, the largest number there is where they do not fit
   */
  static long nanosOf(long millis) {
    return millis > Long.MAX_VALUE / NANOS_A_MILLI ? Long.MAX_VALUE : millis * NANOS_A_MILLI;
  }
}
