package run.algo.sdk.kafka.internal.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Executes a partition's records one at a time and in order.
 *
 * <p>The lane is a task that is on the executor at most once: whoever adds work moves it from idle
 * to queued and submits it, and the worker that takes it moves it to running, works through one
 * batch, and either submits it again, behind the lanes of other partitions, or lets it go idle. So
 * no two workers ever hold the same lane, and an idle lane holds no worker. What the running worker
 * alone uses (batch and cursor) passes from one worker to the next through the state's atomic.
 */
final class PartitionLane implements Dispatcher, Runnable {

  private enum State {
    IDLE,
    QUEUED,
    RUNNING
  }

  private final Executor workers;
  private final BatchRunner runner;
  private final Queue<RecordBatch> queue = new ConcurrentLinkedQueue<>();
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

  private volatile boolean halted;
  private volatile boolean stopped;

  private @Nullable RecordBatch current;
  private int cursor;
  private volatile long begun;

  /** Executes one record of a batch. */
  interface BatchRunner {

    /**
     * Executes a record.
     *
     * @param batch its batch
     * @param index its index there
     * @return whether the lane may go on; false leaves this record without outcome
     */
    boolean run(RecordBatch batch, int index);
  }

  PartitionLane(Executor workers, BatchRunner runner) {
    this.workers = workers;
    this.runner = runner;
  }

  @Override
  public void dispatch(RecordBatch batch) {
    queue.add(batch);
    schedule();
  }

  @Override
  public void halt() {
    halted = true;
  }

  @Override
  public void resume() {
    halted = false;
    schedule();
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public long begun() {
    return begun;
  }

  @Override
  public boolean executing() {
    return state.get() == State.RUNNING;
  }

  @Override
  public void run() {
    state.set(State.RUNNING);
    boolean unfinished = true;
    try {
      runBatch();
      unfinished = current != null; // once idle, it is another worker's to read
    } finally {
      state.set(State.IDLE);
    }
    // What was added, or resumed, between the last look and the state's change is seen here.
    if (unfinished || !queue.isEmpty()) {
      schedule();
    }
  }

  private void runBatch() {
    RecordBatch batch = current;
    if (batch == null) {
      batch = queue.poll();
      if (batch == null) {
        return;
      }
      current = batch;
      cursor = 0;
    }
    long count = begun;
    while (cursor < batch.size()) {
      if (stopped || halted) {
        return;
      }
      begun = ++count;
      if (!runner.run(batch, cursor++)) {
        stopped = true;
        return;
      }
    }
    current = null;
  }

  private void schedule() {
    if (!stopped && !halted && state.compareAndSet(State.IDLE, State.QUEUED)) {
      workers.execute(this);
    }
  }
}
