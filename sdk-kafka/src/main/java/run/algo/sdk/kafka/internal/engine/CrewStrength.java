package run.algo.sdk.kafka.internal.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many workers are worth having with one partition, within what it may have.
 *
 * <p>Where executions wait for something each needs a worker of its own. Where they do not, more
 * workers than processors get nothing done, and stand in each other's way: all of them hand their
 * outputs to one client, which takes one record of a partition at a time. So workers are called
 * freely while a worker is held for long by an Algo's call, and few are while it is not. Time spent
 * beyond the call does not count, else a crowd would look slow because it is one.
 *
 * <p>An average says nothing of the one record among thousands that takes its time. So the {@link
 * Lookout} looks whether the few get on: whenever none of them has ended anything since its last
 * look there is one more from then on, until there was none of that for a while.
 *
 * <p>Thread-safe.
 */
final class CrewStrength {

  /** So many looks must be well before one worker fewer will do, about a second's. */
  private static final int CALM = 500;

  private final Slots slots;
  private final Limits limits;
  private final Pace pace = new Pace();

  /** Executions that have ended, as the lookout sees them; two that end at once may count once. */
  private final AtomicInteger ended = new AtomicInteger();

  /** Workers that this partition needs although executions are quick. */
  private volatile int few = 1;

  // The lookout's
  private int endedBefore;
  private int calm;

  /**
   * What makes few workers enough.
   *
   * @param processors workers of all partitions that can get on at once
   * @param quick what a worker is held for on average, in nanoseconds, up to which executions are
   *     called quick
   * @param inPlace the same, up to which the thread that has read a record executes it itself; 0
   *     where it never does
   */
  record Limits(int processors, long quick, long inPlace) {

    /** About what the coming of a worker costs: nobody comes in time for what takes less. */
    private static final long QUICK = 20_000;

    /** About what it costs to hand a record over, most of it for reading its objects anew. */
    private static final long IN_PLACE = 2_000;

    /** With more processors than these there is one for whoever takes records over. */
    private static final int FEW = 2;

    /** {@return the limits on this machine} */
    static Limits ofMachine() {
      int processors = Runtime.getRuntime().availableProcessors();
      return new Limits(processors, QUICK, processors <= FEW ? IN_PLACE : 0);
    }
  }

  CrewStrength(Slots slots, Limits limits) {
    this.slots = slots;
    this.limits = limits;
  }

  /**
   * Whether it is worth calling one more.
   *
   * @param here how many are here or on their way
   */
  boolean wants(int here) {
    return here < few || !isQuick() || slots.taken() < limits.processors();
  }

  /**
   * Whether one of them should leave.
   *
   * @param here how many are here or on their way
   */
  boolean isTooMany(int here) {
    return here > few && isQuick() && slots.taken() > limits.processors();
  }

  /**
   * A worker was held by an Algo's call, or by what it waited for before that.
   *
   * @param nanos for so long
   */
  void held(long nanos) {
    pace.ended(nanos);
  }

  /** Something has ended. */
  void ended() {
    ended.lazySet(ended.getPlain() + 1);
  }

  /**
   * For the lookout, while work waits.
   *
   * @param here how many workers are here or on their way
   */
  void look(int here) {
    int now = ended.get();
    int enough = few;
    if (now == endedBefore) {
      few = Math.max(enough, here) + 1;
      calm = 0;
    } else if (enough > 1 && ++calm >= CALM) {
      few = enough - 1;
      calm = 0;
    }
    endedBefore = now;
  }

  /** Whether executions take less than their hand-over does, where that counts. */
  boolean isInPlace() {
    return pace.isWithin(limits.inPlace());
  }

  private boolean isQuick() {
    return pace.isWithin(limits.quick());
  }
}
