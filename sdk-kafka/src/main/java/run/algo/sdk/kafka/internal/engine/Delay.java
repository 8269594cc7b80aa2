package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;

/**
 * The time for which a record waits to be executed again. It goes by in stages: what waits holds on
 * to the batch it was read with, and after each stage looks whether its partition is still here, so
 * that what was taken away is not kept for the hours that a backoff may take.
 */
final class Delay {

  /** Short against what a group needs to move its partitions to and fro. */
  static final Duration STAGE = Duration.ofSeconds(30);

  private Delay() {}

  /**
   * Waits.
   *
   * @param timers tell the time
   * @param flow what the records belong to
   * @param delay how long; any length
   * @param then what follows, on a worker; earlier when the partition has been stopped, which
   *     begins nothing any more
   */
  static void begin(Timers timers, Flow flow, Duration delay, Runnable then) {
    boolean last = delay.compareTo(STAGE) <= 0;
    timers.after(
        last ? delay : STAGE,
        () -> {
          if (last || flow.stopped()) {
            then.run();
          } else {
            begin(timers, flow, delay.minus(STAGE), then);
          }
        });
  }
}
