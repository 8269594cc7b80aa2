package run.algo.sdk.kafka.internal.engine;

/**
 * How many executions a partition may have at this moment: its {@linkplain EnginePlan.Share share}
 * gives the least and the most, and what lies between is earned by executions that end.
 *
 * <p>Without it a partition whose records never end would soon hold all it may hold at most, and
 * the others had to make do with what is reserved for them. So each execution that ends earns one
 * more, as each acknowledgement widens the window in the slow start of TCP (RFC 5681, section 3.1):
 * a partition that flows has its most within as many executions. One that takes much longer than
 * the others falls back to its least while others wait. Slots that nobody wants ({@link Slots}) are
 * for whoever asks. One that has been without an end for much longer than executions take is given
 * them one by one, and waits longer for each, since it might keep them for good: so one key that
 * stands holds up no other, and many that stand do not soon hold everything.
 *
 * <p>Thread-safe; races may miss an execution that ended, which the next one makes up for.
 */
final class Allowance {

  private static final long FIRST_PATIENCE = 20_000_000;
  private static final long LAST_PATIENCE = 10_000_000_000L;

  private final Slots slots;
  private volatile EnginePlan.Share share;
  private volatile int earned;

  /** When the partition last gave no reason to think it slow, in monotonic nanoseconds. */
  private volatile long sign;

  /** When it was given one execution more although none had ended, and how long that must do. */
  private volatile long given;

  private volatile long patience;

  Allowance(Slots slots, EnginePlan.Share share) {
    this.slots = slots;
    this.share = share;
  }

  void share(EnginePlan.Share now) {
    share = now;
  }

  /** How many executions there may be. */
  int executions() {
    EnginePlan.Share now = share;
    return Math.min(now.most(), Math.max(now.least(), earned));
  }

  /** Whether there may be more once they are earned. */
  boolean canGrow() {
    return executions() < share.most();
  }

  /** Whether {@link #ended} wants to be told. */
  boolean watches() {
    return slots.contended() ? share.least() < share.most() : canGrow();
  }

  /**
   * The first execution begins after none was under way.
   *
   * @param time now
   */
  void begins(long time) {
    sign = time;
  }

  /**
   * An execution has ended.
   *
   * @param nanos after so long
   * @param time now
   */
  void ended(long nanos, long time) {
    boolean slow = slots.pace().isSlow(nanos);
    slots.pace().ended(nanos);
    sign = time;
    patience = 0;
    if (slow && slots.contended()) {
      earned = 0;
    } else {
      int now = executions();
      if (now < share.most()) {
        earned = now + 1;
      }
    }
  }

  /**
   * There are slots that nobody else wants.
   *
   * @param time now
   * @return whether there may be more executions than before
   */
  boolean grow(long time) {
    if (!slots.pace().isSlow(time - sign)) {
      earned = Math.min(share.most(), 2 * executions());
      sign = time;
      return true;
    }
    if (time - given < patience) {
      return false;
    }
    earned = Math.min(share.most(), executions() + 1);
    given = time;
    patience = Math.min(LAST_PATIENCE, FIRST_PATIENCE + 4 * patience);
    return true;
  }
}
