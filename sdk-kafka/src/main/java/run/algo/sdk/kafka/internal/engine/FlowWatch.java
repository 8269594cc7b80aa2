package run.algo.sdk.kafka.internal.engine;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.UnderWay;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;

/**
 * What is watched of one partition during one assignment, from look to look. On the owner thread.
 *
 * <p>Nothing is measured per record for this: what is in flight is walked through at each look, and
 * how long a record has been executed is how long looks have found it so.
 */
final class FlowWatch {

  private final PartitionFlow flow;

  /** Settled and prepared when something last was. */
  private long done = -1;

  private long doneAt;
  private boolean uncommitted;
  private long uncommittedSince;
  private long committed = -1;
  private final Ages ages = new Ages();

  // Of the latest look

  private int running;
  private @Nullable Found oldest;
  private @Nullable Found worked;
  private int delayed;
  private int busy;

  /** A record in flight. */
  record Found(RecordBatch batch, int index, boolean begun, @Nullable UnderWay execution) {

    long offset() {
      return batch.offset(index);
    }

    /** Whether the Algo, or the SDK for it, is at work on it. */
    boolean isWorked() {
      return begun && (execution == null || !execution.isSent());
    }
  }

  FlowWatch(PartitionFlow flow, long now) {
    this.flow = flow;
    this.doneAt = now;
  }

  PartitionFlow flow() {
    return flow;
  }

  /** Looks. */
  void look(long now, SlowOnes slow) {
    running = 0;
    oldest = null;
    worked = null;
    delayed = 0;
    busy = 0;
    flow.visit(new Looking(now, slow));
    long all = flow.done();
    if (all != done || !hasWork()) {
      done = all;
      doneAt = now;
    }
    ages.position(flow.position(), now);
    long confirmed = flow.committedOffset();
    boolean moved = confirmed < 0 ? flow.settledInAll() > 0 : flow.firstUnsettled() > confirmed;
    if (!uncommitted || confirmed != committed) {
      uncommittedSince = now;
    }
    uncommitted = moved;
    committed = confirmed;
  }

  private final class Looking implements RecordBatch.Visitor {
    private final long now;
    private final SlowOnes slow;

    Looking(long now, SlowOnes slow) {
      this.now = now;
      this.slow = slow;
    }

    @Override
    public void visit(RecordBatch batch, int index, boolean begun, @Nullable UnderWay execution) {
      Found found = new Found(batch, index, begun, execution);
      oldest = earlier(oldest, found);
      if (found.isWorked() || (execution != null && execution.worker() != null)) {
        busy++;
      }
      if (found.isWorked()) {
        running++;
        worked = earlier(worked, found);
        slow.found(FlowWatch.this, found, now);
      }
    }

    @Override
    public void delayed() {
      delayed++;
    }
  }

  /** Whether something is executed, or could be and is not. */
  boolean hasWork() {
    return worked != null || waits();
  }

  /**
   * Whether something could be executed. What is behind a record that waits for a time could not.
   */
  boolean waits() {
    return oldest != null && !oldest.begun() && delayed == 0 && flow.mayWork();
  }

  private static Found earlier(@Nullable Found one, Found other) {
    return one == null || other.batch().read() < one.batch().read() ? other : one;
  }

  int running() {
    return running;
  }

  /** Those on which a worker is, also one that waits until its output is taken. */
  int busy() {
    return busy;
  }

  /** Records that wait in their place to be executed again. */
  int delayed() {
    return delayed;
  }

  /** The record that was read first; null when nothing could be worked on. */
  @Nullable Found oldest() {
    return oldest;
  }

  /** Of those that are worked on the one that was read first; null when none is. */
  @Nullable Found worked() {
    return worked;
  }

  /** For how long nothing was settled while there was something to work on. */
  long idle(long now) {
    return now - doneAt;
  }

  /** For how long something settled has not been committed; 0 when all is. */
  long uncommitted(long now) {
    return uncommitted ? now - uncommittedSince : 0;
  }

  PartitionView.Parked parked(long now) {
    OptionalLong first = flow.oldestParked();
    return first.isEmpty()
        ? PartitionView.Parked.NONE
        : new PartitionView.Parked(
            flow.parkedKeys(),
            flow.parkedRecords(),
            Watcher.seconds(now - ages.read(first.getAsLong(), now)));
  }
}
