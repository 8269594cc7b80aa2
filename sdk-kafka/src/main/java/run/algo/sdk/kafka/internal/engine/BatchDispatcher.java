package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * One partition's side of a {@link BatchAssembler}: hands over its records, and keeps those whose
 * turn comes while the partition may begin nothing.
 */
final class BatchDispatcher implements SingleDispatcher {

  private final BatchAssembler assembler;

  private final PriorityQueue<BatchAssembler.Item> kept =
      new PriorityQueue<>(BatchAssembler.BY_OFFSET);

  private volatile boolean halted;
  private volatile boolean paused;
  private volatile boolean stopped;

  BatchDispatcher(BatchAssembler assembler) {
    this.assembler = assembler;
  }

  @Override
  public void dispatch(RecordBatch batch) {
    assembler.add(this, batch);
  }

  @Override
  public void dispatch(RecordBatch batch, int index) {
    assembler.add(this, batch, index);
  }

  @Override
  public void halt(boolean now) {
    halted = now;
    giveBack();
  }

  @Override
  public void pause(boolean now) {
    paused = now;
    giveBack();
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public void limit(EnginePlan.Share share) {
    // A batch holds records of several partitions: the slots alone bound the executions.
  }

  /**
   * Whether a record may go into a batch; otherwise it is kept here. Called under the assembler's
   * lock.
   */
  synchronized boolean admits(BatchAssembler.Item item) {
    if (open() && kept.isEmpty()) {
      return true;
    }
    kept.add(item);
    return false;
  }

  /** Marks a record as begun; otherwise it is kept here. */
  boolean begin(BatchAssembler.Item item) {
    item.batch().begin(item.index());
    if (open()) {
      return true;
    }
    item.batch().putBack(item.index());
    keep(item);
    return false;
  }

  /** Keeps a record that was about to begin. */
  void keep(BatchAssembler.Item item) {
    synchronized (this) {
      kept.add(item);
    }
    giveBack(); // if it was opened meanwhile
  }

  private void giveBack() {
    if (open()) {
      assembler.readmit(this);
    }
  }

  /** Hands out what is kept, in its order. Called under the assembler's lock. */
  synchronized List<BatchAssembler.Item> takeKept() {
    List<BatchAssembler.Item> items = new ArrayList<>(kept.size());
    for (BatchAssembler.Item next = kept.poll(); next != null; next = kept.poll()) {
      items.add(next);
    }
    return items;
  }

  private boolean open() {
    return !halted && !paused && !stopped;
  }
}
