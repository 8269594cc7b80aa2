package run.algo.sdk.kafka.internal.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands tasks to virtual threads, and to platform threads while the virtual ones do not get on: new
 * tasks, and those that no virtual thread has begun yet. Thread-safe.
 */
final class Diversion implements Executor, CarrierWatch.Relief {

  private final Executor virtual;
  private final Executor platform;
  private final Queue<Handed> handed = new ConcurrentLinkedQueue<>();
  private volatile boolean diverted;

  /** A task that is run by whoever comes first. */
  private static final class Handed implements Runnable {
    private final AtomicBoolean begun = new AtomicBoolean();
    private final Runnable task;

    Handed(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (begun.compareAndSet(false, true)) {
        task.run();
      }
    }
  }

  Diversion(Executor virtual, Executor platform) {
    this.virtual = virtual;
    this.platform = platform;
  }

  @Override
  public void execute(Runnable task) {
    if (diverted) {
      platform.execute(task);
      return;
    }
    forgetBegun();
    Handed to = new Handed(task);
    handed.add(to); // before the look, so that a diversion that comes meanwhile finds it
    virtual.execute(to);
  }

  /** They are begun in their order, more or less, so those that have been are at the head. */
  private void forgetBegun() {
    for (Handed first = handed.peek(); first != null && first.begun.get(); first = handed.peek()) {
      handed.remove(first);
    }
  }

  @Override
  public void owned(boolean owned) {
    diverted = owned;
    if (owned) {
      for (Handed next = handed.poll(); next != null; next = handed.poll()) {
        if (!next.begun.get()) {
          platform.execute(next);
        }
      }
    }
  }
}
