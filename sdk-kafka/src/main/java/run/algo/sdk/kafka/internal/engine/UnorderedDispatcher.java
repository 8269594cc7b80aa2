package run.algo.sdk.kafka.internal.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Scope;

/**
 * Executes the records of a partition as they come, as many at once as there may be. Batches are
 * handed over whole; workers take their records one by one.
 */
final class UnorderedDispatcher extends CrewDispatcher implements SingleDispatcher {

  private final Queue<Spread> queue = new ConcurrentLinkedQueue<>();

  /** A part of a batch whose records are taken one by one, from any thread. */
  private static final class Spread {
    private final RecordBatch batch;
    private final int end;
    private final AtomicInteger taken;

    Spread(RecordBatch batch, int begin, int end) {
      this.batch = batch;
      this.end = end;
      this.taken = new AtomicInteger(begin);
    }

    boolean exhausted() {
      return taken.get() >= end;
    }
  }

  /**
   * A dispatcher.
   *
   * @param workers of all partitions
   * @param runner executes a record
   * @param share executions of this partition at once
   */
  UnorderedDispatcher(Crew.Workers workers, Crew.RecordRunner runner, EnginePlan.Share share) {
    super(workers, runner, share);
  }

  @Override
  public void dispatch(RecordBatch batch) {
    queue.add(new Spread(batch, 0, batch.size()));
    crew().call();
  }

  @Override
  public void dispatch(RecordBatch batch, int index) {
    queue.add(new Spread(batch, index, index + 1));
    crew().call();
  }

  @Override
  public boolean waiting() {
    return first() != null;
  }

  @Override
  public Crew.Step step() {
    for (Spread first = first(); first != null; first = first()) {
      int index = first.taken.getAndIncrement();
      if (index < first.end && first.batch.isWaiting(index)) {
        crew().call(); // before the execution, which may take its time
        Alone scope = new Alone(first.batch, index);
        Crew.Step step = crew().execute(first.batch, index, scope);
        if (step == Crew.Step.NONE) {
          scope.again();
        } else if (step == Crew.Step.ENDED) {
          scope.delayed();
        }
        return step;
      }
    }
    return Crew.Step.NONE;
  }

  /** Where nothing is in order each record is a scope of its own. */
  private final class Alone implements Scope {
    private final RecordBatch batch;
    private final int index;

    Alone(RecordBatch batch, int index) {
      this.batch = batch;
      this.index = index;
    }

    void again() {
      queue.add(new Spread(batch, index, index + 1));
    }

    void delayed() {
      if (batch.isDelayed(index)) {
        later(batch, index, this::again);
      }
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
                delayed();
                return Crew.Step.ENDED;
              });
    }
  }

  /** The first that is not exhausted; takes out those that are. */
  private @Nullable Spread first() {
    Spread first = queue.peek();
    while (first != null && first.exhausted()) {
      queue.remove(first);
      first = queue.peek();
    }
    return first;
  }
}
