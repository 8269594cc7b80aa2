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
final class PartitionLane implements Dispatcher, Crew.Work, Scope {

  private final Queue<RecordBatch> queue = new ConcurrentLinkedQueue<>();
  private final Crew crew;

  private @Nullable RecordBatch current;
  private int cursor;

  /**
   * A lane.
   *
   * @param workers of all partitions
   * @param runner executes a record
   */
  PartitionLane(Crew.Workers workers, Crew.RecordRunner runner) {
    this.crew = new Crew(workers, runner, 1, this);
  }

  @Override
  public void dispatch(RecordBatch batch) {
    queue.add(batch);
    crew.call();
  }

  @Override
  public void halt(boolean now) {
    crew.halt(now);
  }

  @Override
  public void pause(boolean now) {
    crew.pause(now);
  }

  @Override
  public void stop() {
    crew.stop();
  }

  @Override
  public void limit(int executions) {
    // One at a time is the least there can be.
  }

  @Override
  public boolean waiting() {
    return current != null || !queue.isEmpty();
  }

  @Override
  public Crew.Step step() {
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
      if (!batch.isSettled(index)) {
        cursor = index + 1; // before: an execution that detaches is followed by another worker
        Crew.Step step = crew.execute(batch, index, this);
        if (step == Crew.Step.NONE) {
          cursor = index;
        }
        if (step != Crew.Step.ENDED) {
          return step;
        }
      } else {
        cursor = index + 1;
      }
    }
    current = null;
    return Crew.Step.ENDED;
  }

  @Override
  public void resume(Runnable rest) {
    crew.resume(
        () -> {
          rest.run();
          return Crew.Step.ENDED;
        });
  }
}
