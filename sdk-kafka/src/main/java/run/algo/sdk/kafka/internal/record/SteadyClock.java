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
  public static final SteadyClock SYSTEM = ofSystem();

  private static final long NANOS_A_MILLI = 1_000_000;

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
    this(monotonic, nanosOf(epochMillis));
  }

  private SteadyClock(LongSupplier monotonic, long epochNanos) {
    this.monotonic = monotonic;
    this.shift = epochNanos - monotonic.getAsLong();
  }

  private static SteadyClock ofSystem() {
    Instant now = Instant.now(); // first: it is then rather behind than ahead
    return new SteadyClock(System::nanoTime, ChronoUnit.NANOS.between(Instant.EPOCH, now));
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
