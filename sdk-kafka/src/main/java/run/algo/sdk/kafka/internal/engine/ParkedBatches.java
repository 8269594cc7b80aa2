package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.PreparedSends;

/**
 * The parked records of a partition that are in memory, a batch each: what an {@link OffsetTracker}
 * is to those that were read, without offsets. Thread-safe.
 */
final class ParkedBatches {

  /** In memory and not settled, in the order in which they were taken from the index. */
  private final List<Loaded> loaded = new ArrayList<>();

  /** Offsets of those that were begun and are not settled. */
  private final Set<Long> begun = new HashSet<>();

  /** What the latest transactions have taken. */
  private final Set<Loaded> taken = new HashSet<>();

  private boolean gone;
  private long settledInAll;
  private int unsettled;
  private long bytes;

  /**
   * A record in memory.
   *
   * @param batch a batch of it alone
   * @param offset its offset in the input
   * @param key hash of its key
   */
  private record Loaded(RecordBatch batch, long offset, int key) {}

  /** A record was loaded. */
  synchronized void add(RecordBatch batch, byte @Nullable [] key) {
    loaded.add(new Loaded(batch, batch.offset(0), Arrays.hashCode(key)));
  }

  /** What is about to become of a record, as far as the ledger goes. */
  enum Begin {
    /** It is executed, and counts as read. */
    READ,
    /** It is executed once more, in its place. */
    AGAIN,
    /** It is not executed, and was not counted. */
    NOT,
    /** It was in a batch behind one that has failed, and counted; it will be read again. */
    PUT_BACK,
    /** Its partition has gone, and it was counted with it. */
    GONE
  }

  /**
   * A record is about to be executed, or is not.
   *
   * @param offset its offset
   * @param may whether it is
   */
  synchronized Begin begin(long offset, boolean may) {
    if (gone) {
      return Begin.GONE;
    }
    if (may) {
      return begun.add(offset) ? Begin.READ : Begin.AGAIN;
    }
    return begun.remove(offset) ? Begin.PUT_BACK : Begin.NOT;
  }

  /** Whether a record has been begun and is not settled. */
  synchronized boolean isBegun(long offset) {
    return begun.contains(offset);
  }

  /** A record is settled. */
  synchronized void settled(long offset) {
    begun.remove(offset);
    settledInAll++;
  }

  /** Grows with everything that was settled, or is ready for its transaction. */
  synchronized long done() {
    return settledInAll + prepared();
  }

  /** Counts what is not settled, for {@link #unsettled} and {@link #bytes}. */
  synchronized void count() {
    unsettled = 0;
    bytes = 0;
    for (Iterator<Loaded> each = loaded.iterator(); each.hasNext(); ) {
      Loaded next = each.next();
      if (next.batch().unsettled() == 0) {
        each.remove();
        taken.remove(next);
      } else {
        unsettled++;
        bytes += next.batch().bytes();
      }
    }
  }

  /** Records that are not settled, when they were counted last. */
  synchronized int unsettled() {
    return unsettled;
  }

  /** Their bytes. */
  synchronized long bytes() {
    return bytes;
  }

  /** Records that were begun, and so counted as read, and are not settled. */
  synchronized int counted() {
    return begun.size();
  }

  /** Shows what is to be worked on. */
  void visit(RecordBatch.Visitor visitor) {
    List<Loaded> all;
    synchronized (this) {
      all = List.copyOf(loaded);
    }
    all.forEach(each -> each.batch().visit(0, visitor));
  }

  /** Whether all are settled. */
  synchronized boolean areSettled() {
    return loaded.stream().allMatch(each -> each.batch().unsettled() == 0);
  }

  /** How many are under way. */
  synchronized int begun() {
    return loaded.stream().mapToInt(each -> each.batch().begun()).sum();
  }

  /** How many wait for nothing but their transaction. */
  synchronized int prepared() {
    return loaded.stream().mapToInt(each -> each.batch().prepared()).sum();
  }

  /**
   * Takes what is prepared. Of the records of one key none is taken before an earlier one.
   *
   * @return whether any was
   */
  synchronized boolean take(OffsetTracker.Taker taker) {
    boolean any = false;
    Set<Integer> behind = new HashSet<>();
    for (Loaded each : loaded) {
      RecordBatch batch = each.batch();
      if (batch.unsettled() == 0 || taken.contains(each)) {
        continue;
      }
      PreparedSends sends = batch.prepared(0);
      if (!behind.contains(each.key()) && sends != null && taker.take(batch, 0, sends)) {
        taken.add(each);
        any = true;
      } else if (sends != null || batch.begun() > 0) {
        behind.add(each.key());
      }
    }
    return any;
  }

  /** What was taken and is not settled may be taken again. */
  synchronized void untake() {
    taken.clear();
  }

  /** Lets go of all; returns how many were begun and are another member's now. */
  synchronized int abandon() {
    gone = true;
    int released = 0;
    for (Loaded each : loaded) {
      if (each.batch().abandon() > 0 && begun.contains(each.offset())) {
        released++;
      }
    }
    loaded.clear();
    taken.clear();
    begun.clear();
    return released;
  }
}
