package run.algo.sdk.storage;

import java.time.Duration;
import java.util.Optional;

/**
 * How long failures are borne with. With a time of the call's own that is until it is over; without
 * one, each request has the store's time for itself, or a large file would have less patience a
 * byte than a small one.
 */
@FunctionalInterface
interface Patience {

  /** The end of the trying for a request that begins now. */
  Deadline deadline();

  static Patience of(Optional<Duration> timeout, Duration ofTheStore) {
    if (timeout.isEmpty()) {
      return () -> Deadline.after(ofTheStore);
    }
    Deadline end = Deadline.after(timeout.get());
    return () -> end;
  }
}
