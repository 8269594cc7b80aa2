package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Gathered;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.execute.PreparedSends;
import run.algo.sdk.kafka.internal.execute.Settlement;
import run.algo.sdk.kafka.internal.execute.UnderWay;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;

/**
 * Records of a trace that are executed once, together: those that were held, and the one that
 * triggers them. They have one outcome, and it is that of all of them at one moment: whoever looks
 * under the {@linkplain Gathers lock} sees either none of them settled or all.
 *
 * <p>Put together by the owner thread, then handed to the worker that executes the trigger.
 */
final class Gather implements Settlement {

  private final Gathers gathers;
  private final Trace trace;
  private final RecordBatch batch;
  private final int index;
  private final boolean triggerOnly;
  private Gathered.State state = Gathered.State.WHOLE;

  /** How far it is. Under the lock. */
  private Stage stage = Stage.OPEN;

  /** How far a gather is. */
  enum Stage {
    /** Not handed to workers yet. */
    OPEN,
    UNDER_WAY,
    /** Has its outcome. */
    ENDED,
    /** Its trigger has gone with its partition: what comes of it concerns the trigger alone. */
    DROPPED
  }

  /**
   * A gather.
   *
   * @param gathers all of them
   * @param trace what is held
   * @param batch the trigger's batch
   * @param index its index there
   * @param triggerOnly whether the trigger has no value of its own
   */
  Gather(Gathers gathers, Trace trace, RecordBatch batch, int index, boolean triggerOnly) {
    this.gathers = gathers;
    this.trace = trace;
    this.batch = batch;
    this.index = index;
    this.triggerOnly = triggerOnly;
  }

  // For the owner thread, until the trigger is dispatched

  Trace trace() {
    return trace;
  }

  RecordBatch batch() {
    return batch;
  }

  int index() {
    return index;
  }

  boolean triggerOnly() {
    return triggerOnly;
  }

  Stage stage() {
    return stage;
  }

  void stage(Stage next) {
    stage = next;
  }

  boolean isWhole() {
    return state == Gathered.State.WHOLE;
  }

  /** It must not be executed. */
  void fail(Gathered.State why) {
    state = why;
  }

  // For the worker

  /**
   * Begins all that was held, so that a partition that is taken away waits for it.
   *
   * @return false when some of it has gone with its partition, or is about to; then nothing was
   *     begun
   */
  boolean begin() {
    synchronized (gathers) {
      if (stage == Stage.DROPPED) {
        return false;
      }
      goOn();
      // After the marks: who stops a partition and then finds no mark knows that none will be made.
      for (Trace.Held held : trace.held()) {
        if (held.batch().flow().stopped()) {
          rest();
          // What is left stays, with the trigger among it, until it is given up.
          batch.hold(index);
          trace.add(new Trace.Held(batch, index));
          gathers.torn(this);
          return false;
        }
      }
      return true;
    }
  }

  /** As {@link #begin}, for what has no trigger: the last record stands in for it. */
  boolean beginAll() {
    batch.goOn(index);
    if (batch.flow().stopped()) {
      batch.rest(index); // it is about to go, and with it what is left to do
      return false;
    }
    return begin();
  }

  private void goOn() {
    trace.held().forEach(held -> held.batch().goOn(held.index()));
  }

  /** What was held is not under way any more. */
  void rest() {
    trace.held().forEach(held -> held.batch().rest(held.index()));
  }

  Gathered gathered() {
    List<Gathered.Held> held = new ArrayList<>(trace.held().size());
    for (Trace.Held each : trace.held()) {
      held.add(
          new Gathered.Held(
              each.batch().partitionFlow().route(), each.batch().record(each.index())));
    }
    return new Gathered(held, triggerOnly, state);
  }

  // The way back

  @Override
  public @Nullable Tries tries(int at) {
    return batch.tries(at);
  }

  @Override
  public int headers(int at) {
    return batch.headers(at);
  }

  @Override
  public @Nullable Header traceId(int at) {
    return batch.traceId(at);
  }

  @Override
  public @Nullable Parking parking() {
    return batch.parking();
  }

  @Override
  public boolean isParked() {
    return false;
  }

  @Override
  public void underWay(int at, UnderWay execution) {
    trace.held().forEach(held -> held.batch().underWay(held.index(), execution));
    batch.underWay(at, execution);
  }

  @Override
  public void dropped(int at) {
    throw new IllegalStateException("what was gathered is not parked");
  }

  @Override
  public void again(int at, Tries tries, Duration wait) {
    synchronized (gathers) {
      if (stage != Stage.DROPPED) {
        rest(); // a partition that is taken away does not wait for it
      }
    }
    batch.again(at, tries, wait);
  }

  @Override
  public void failed(int at) {
    synchronized (gathers) {
      if (stage != Stage.DROPPED) {
        trace.held().forEach(held -> held.batch().failed(held.index()));
      }
    }
    batch.failed(at);
  }

  @Override
  public void emitted(int at, long bytes) {
    batch.emitted(at, bytes);
  }

  @Override
  public void prepared(int at, PreparedSends sends) {
    synchronized (gathers) {
      if (gathers.ended(this)) {
        goOn();
        for (Trace.Held held : trace.held()) {
          held.batch().prepared(held.index(), sends.part());
        }
      }
      batch.prepared(at, sends);
    }
  }

  @Override
  public void settled(int at, Outcome outcome, long emittedBytes) {
    synchronized (gathers) {
      if (gathers.ended(this)) {
        for (Trace.Held held : trace.held()) {
          held.batch().settled(held.index(), outcome, 0);
        }
      }
      batch.settled(at, outcome, emittedBytes);
    }
  }

  @Override
  public void blocked(int at, Blockage blockage) {
    batch.blocked(at, blockage);
    synchronized (gathers) {
      if (stage != Stage.DROPPED) {
        rest(); // what stands is not waited for when its partition is taken away
      }
    }
  }

  @Override
  public void unblocked(int at) {
    synchronized (gathers) {
      if (stage != Stage.DROPPED) {
        goOn();
      }
    }
    batch.unblocked(at);
  }

  // For the cut: under the lock, on the owner thread

  /** Whether all of it lies below what its partitions have reached, those that are here. */
  boolean isBelow(Reach reach) {
    if (!below(batch, index, reach)) {
      return false;
    }
    for (Trace.Held held : trace.held()) {
      if (!below(held.batch(), held.index(), reach)) {
        return false;
      }
    }
    return true;
  }

  private static boolean below(RecordBatch batch, int index, Reach reach) {
    PartitionFlow flow = batch.partitionFlow();
    return flow.gone() || batch.offset(index) < reach.of(flow);
  }

  /**
   * Takes back the partitions to before the first of its records.
   *
   * @return whether any of them had gone further
   */
  boolean takeBack() {
    boolean back = batch.partitionFlow().reachAtMost(batch.offset(index));
    for (Trace.Held held : trace.held()) {
      back |= held.batch().partitionFlow().reachAtMost(held.batch().offset(held.index()));
    }
    return back;
  }

  /** Whether a partition has a record of it that is not committed. */
  boolean isUncommittedIn(PartitionFlow flow) {
    return isUncommittedIn(flow, batch, index)
        || trace.held().stream()
            .anyMatch(each -> isUncommittedIn(flow, each.batch(), each.index()));
  }

  private static boolean isUncommittedIn(PartitionFlow flow, RecordBatch batch, int index) {
    return batch.flow() == flow && batch.offset(index) >= flow.committedOffset();
  }

  /** None of it can be written; returns what is held again by this, perhaps the trigger, too. */
  Trace retract() {
    Trace again = new Trace(trace.since());
    for (Trace.Held each : trace.held()) {
      if (each.batch().retract(each.index())) {
        again.add(each);
      }
    }
    if (batch.retract(index)) {
      again.add(new Trace.Held(batch, index));
    }
    return again;
  }

  /** How far a partition is. */
  interface Reach {
    long of(PartitionFlow flow);
  }
}
