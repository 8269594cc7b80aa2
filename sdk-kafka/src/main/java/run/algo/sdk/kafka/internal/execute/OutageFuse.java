package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code ALGO_OUTAGE_FUSE}: tells a dependency that is down from data that is bad. When {@value
 * #KEYS} records of as many keys fail one after the other, with no success between them and for one
 * cause, the fuse blows: no record is executed but one now and then, the probe, and the others wait
 * in their place without using up a try. Once an execution succeeds all go on.
 *
 * <p>The cause is the class of the innermost exception. A probe follows after a second, then after
 * twice as long each time, up to half a minute; one that does not end within a minute is followed
 * by another.
 *
 * <p>Thread-safe. As long as nothing fails a record costs two volatile reads.
 */
final class OutageFuse {

  private static final Logger log = LoggerFactory.getLogger(OutageFuse.class);

  /** So many keys do not have bad records next to each other by chance. */
  static final int KEYS = 20;

  static final Duration FIRST_PROBE = Duration.ofSeconds(1);
  static final Duration LAST_PROBE = Duration.ofSeconds(30);
  static final Duration PROBE_LIMIT = Duration.ofMinutes(1);

  /** So often a record that waits asks again: so late it is at most when the outage is over. */
  static final Duration LOOK = Duration.ofSeconds(1);

  private static final int DEEPEST_CAUSE = 100;

  private final LongSupplier nanos;
  private final FailureRules.Counter counter;

  // Under the lock
  private final Set<Integer> keys = new HashSet<>();
  private @Nullable String cause;
  private Duration backoff = FIRST_PROBE;
  private long nextProbe;

  /** Whether a record was let through, and has not ended. */
  private boolean probing;

  /** Whether something has failed since the last success. */
  private volatile boolean failing;

  private volatile boolean blown;

  /**
   * A fuse.
   *
   * @param nanos monotonic time in nanoseconds
   * @param counter is told when it blows, and when the outage is over
   */
  OutageFuse(LongSupplier nanos, FailureRules.Counter counter) {
    this.nanos = nanos;
    this.counter = counter;
  }

  /**
   * Asks for leave to execute.
   *
   * @return how long the record must wait in its place; empty when it may be executed
   */
  Optional<Duration> hold() {
    return blown ? holdWhileBlown() : Optional.empty();
  }

  private synchronized Optional<Duration> holdWhileBlown() {
    if (!blown) {
      return Optional.empty();
    }
    long now = nanos.getAsLong();
    long left = nextProbe - now;
    if (left > 0) {
      return Optional.of(look(left));
    }
    probing = true;
    nextProbe = now + PROBE_LIMIT.toNanos(); // its end says when the next one is
    return Optional.empty();
  }

  /** An execution has succeeded. */
  void succeeded() {
    if (failing) {
      reset();
    }
  }

  private synchronized void reset() {
    if (blown) {
      log.info("an execution has succeeded: the outage is over, and records are executed again");
      counter.outage(false);
    }
    failing = false;
    blown = false;
    probing = false;
    keys.clear();
    cause = null;
    backoff = FIRST_PROBE;
  }

  /**
   * An execution has failed.
   *
   * @param scope tells the record's key from others, or a record without one from other records
   * @param error why
   * @return how long the record must wait in its place; empty when its failure takes its usual way
   */
  synchronized Optional<Duration> failed(int scope, Throwable error) {
    String why = innermost(error);
    if (!blown) {
      if (!why.equals(cause)) {
        keys.clear();
        cause = why;
      }
      failing = true;
      keys.add(scope);
      if (keys.size() < KEYS) {
        return Optional.empty();
      }
      blown = true;
      counter.outage(true);
      log.warn(
          "records of {} keys in a row have failed with {}: a dependency seems to be down. Nothing"
              + " is executed until a probe succeeds (ALGO_OUTAGE_FUSE); the latest error:",
          KEYS,
          why,
          FailureLog.printable(error));
      nextProbe = nanos.getAsLong() + backoff.toNanos();
    } else if (probing) {
      probing = false;
      Duration doubled = backoff.multipliedBy(2);
      backoff = doubled.compareTo(LAST_PROBE) < 0 ? doubled : LAST_PROBE;
      nextProbe = nanos.getAsLong() + backoff.toNanos();
    } // else it was under way when the fuse blew
    return Optional.of(look(nextProbe - nanos.getAsLong()));
  }

  private static Duration look(long left) {
    return Duration.ofNanos(Math.max(1, Math.min(left, LOOK.toNanos())));
  }

  /** An execution has ended in a way that says nothing about the dependency. */
  void inconclusive() {
    if (blown) {
      anotherProbe();
    }
  }

  private synchronized void anotherProbe() {
    if (probing) {
      probing = false;
      nextProbe = nanos.getAsLong();
    }
  }

  private static String innermost(Throwable error) {
    try {
      Throwable inner = error;
      for (int depth = 0; depth < DEEPEST_CAUSE && inner.getCause() != null; depth++) {
        inner = inner.getCause();
      }
      return inner.getClass().getName();
    } catch (Throwable t) { // an author's getCause() is code that may throw
      return error.getClass().getName();
    }
  }
}
