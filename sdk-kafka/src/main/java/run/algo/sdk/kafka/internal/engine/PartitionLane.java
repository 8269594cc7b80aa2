package run.algo.sdk.kafka.internal.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Scope;

/**
 * Executes a partition's records one at a time and in order.
 *
 * <p>Its crew is one worker, who works through one batch a step; so no two ever hold the lane, and
 * an idle lane holds none. What that worker alone uses (batch and cursor) passes from one worker to
 * the next through the crew's atomics.
 */
final class PartitionLane extends CrewDispatcher implements Scope {

  private final Queue<RecordBatch> queue = new ConcurrentLinkedQueue<>();

  private @Nullable RecordBatch current;
  private int cursor;

  /** The record at the cursor waits for a time, and all of the partition with it. */
  private volatile boolean delayed;

  /**
   * A lane.
   *
   * @param workers of all partitions
   * @param runner executes a record
   */
  PartitionLane(Crew.Workers workers, Crew.RecordRunner runner) {
    super(workers, runner, EnginePlan.Share.of(1));
  }

  @Override
  public void dispatch(RecordBatch batch) {
    queue.add(batch);
    crew().call();
  }

  @Override
  public void limit(EnginePlan.Share share) {
    // One at a time is the least there can be.
  }

  @Override
  public boolean isSerial() {
    return true;
  }

  @Override
  public boolean waiting() {
    return !delayed && (current != null || !queue.isEmpty());
  }

  @Override
  public Crew.Step step() {
    if (delayed) {
      return Crew.Step.NONE;
    }
    RecordBatch batch = current;
    if (batch == null) {
      batch = queue.poll();
      if (batch == null) {
        return Crew.Step.NONE;
      }
      current = batch;
      cursor = 0;
    }
    while (cursor < batch.size()) {
      int index = cursor;
      if (batch.isWaiting(index)) {
        cursor = index + 1; // before: an execution that detaches is followed by another worker
        Crew.Step step = crew().execute(batch, index, this);
        if (step == Crew.Step.NONE) {
          cursor = index;
        }
        if (step != Crew.Step.ENDED) {
          return step;
        }
        if (batch.isDelayed(index)) {
          delay(batch, index);
          return Crew.Step.ENDED;
        }
      } else {
        cursor = index + 1;
      }
    }
    current = null;
    return Crew.Step.ENDED;
  }

  private void delay(RecordBatch batch, int index) {
    cursor = index;
    delayed = true; // before the timer, which may fire at once
    later(batch, index, () -> delayed = false);
  }

  @Override
  public void held(long nanos) {
    crew().held(nanos);
  }

  @Override
  public void resume(Runnable rest, long nanos) {
    crew()
        .resume(
            nanos,
            () -> {
              rest.run();
              RecordBatch batch = current;
              if (batch != null && batch.isDelayed(cursor - 1)) {
                delay(batch, cursor - 1);
              }
              return Crew.Step.ENDED;
            });
  }
}
