package run.algo.sdk.kafka.internal.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does what is scheduled when the test says so, and in its time, which no test waits for. */
final class Refresher extends ScheduledThreadPoolExecutor {

  private final List<Runnable> tasks = new ArrayList<>();

  Refresher() {
    super(1);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long delay, long period, TimeUnit unit) {
    tasks.add(task);
    return super.scheduleAtFixedRate(task, 1, 1, TimeUnit.DAYS);
  }

  void turn() {
    if (!isShutdown()) {
      tasks.forEach(Runnable::run);
    }
  }
}
