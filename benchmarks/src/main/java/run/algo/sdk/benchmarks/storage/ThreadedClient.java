package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Blocking calls, on a thread for each that is in flight. */
abstract class ThreadedClient implements SmallClient {

  private final SmallJob job;
  private final ExecutorService threads;

  ThreadedClient(SmallJob job) {
    this.job = job;
    threads =
        Executors.newFixedThreadPool(
            job.concurrency(),
            task -> {
              Thread thread = new Thread(task, "small-objects");
              thread.setDaemon(true);
              return thread;
            });
  }

  abstract void writeOne(int number, String key) throws IOException;

  abstract byte[] readOne(int number, String key) throws IOException;

  @Override
  public final void write(int pass) throws Exception {
    each(number -> writeOne(number, job.key(pass, number)));
  }

  @Override
  public final void read(int pass) throws Exception {
    each(number -> job.check(number, readOne(number, job.key(pass, number))));
  }

  private void each(Step step) throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<Callable<Void>> loops = new ArrayList<>();
    for (int i = 0; i < job.concurrency(); i++) {
      loops.add(
          () -> {
            for (int n = next.getAndIncrement(); n < job.objects(); n = next.getAndIncrement()) {
              step.run(n);
            }
            return null;
          });
    }
    for (Future<Void> loop : threads.invokeAll(loops)) {
      loop.get();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** What is done with an object. */
  private interface Step {
    void run(int number) throws IOException;
  }
}
