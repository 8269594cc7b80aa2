package run.algo.sdk.kafka.internal.observe;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Lets one event of each kind through per interval, and tells it how many were held back. */
public final class RateLimit {

  /** Kinds remembered; beyond that all further kinds share one. */
  private static final int KINDS = 256;

  private static final String OTHER = "(other)";

  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Kind> kinds = new ConcurrentHashMap<>();

  /**
   * A limit.
   *
   * @param interval least time between two events of a kind
   * @param nanoTime monotonic clock, in nanoseconds
   */
  public RateLimit(Duration interval, LongSupplier nanoTime) {
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Runs the action unless one of its kind ran within the interval.
   *
   * @param name the kind
   * @param action takes the number of events of the kind held back since the last that ran
   */
  public void run(String name, LongConsumer action) {
    long now = nanoTime.getAsLong();
    Kind kind = kinds.get(name);
    if (kind == null) {
      String bounded = kinds.size() < KINDS ? name : OTHER;
      kind = kinds.computeIfAbsent(bounded, any -> new Kind(now - intervalNanos));
    }
    long last = kind.last.get();
    if (now - last >= intervalNanos && kind.last.compareAndSet(last, now)) {
      action.accept(kind.heldBack.getAndSet(0));
    } else {
      kind.heldBack.incrementAndGet();
    }
  }

  private static final class Kind {
    final AtomicLong last;
    final AtomicLong heldBack = new AtomicLong();

    Kind(long last) {
      this.last = new AtomicLong(last);
    }
  }
}
