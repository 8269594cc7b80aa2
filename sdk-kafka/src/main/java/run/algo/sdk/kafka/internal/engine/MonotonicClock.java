package run.algo.sdk.kafka.internal.engine;

/**
 * Time that only goes forward, for durations and deadlines; it says nothing of the time of day.
 * Thread-safe.
 */
@FunctionalInterface
public interface MonotonicClock {

  /** The process's own. */
  MonotonicClock SYSTEM = System::nanoTime;

  /** {@return nanoseconds since some moment} */
  long nanos();
}
