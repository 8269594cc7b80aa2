package run.algo.examples.conformance;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;

/**
 * Serves the table by the asynchronous form. What waits does so in a scheduler, without a thread;
 * what keeps a processor busy does so on a thread of ours, so that the SDK's workers stay free. The
 * rest completes at once, and fails both ways that there are: by what is thrown, and by the stage.
 */
final class ConformanceAsyncAlgo implements AsyncAlgo<@Nullable Command, Void> {

  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "conformance-scheduler"));
  private final ExecutorService busy = busyThreads();

  @Override
  public CompletionStage<@Nullable Void> run(@Nullable Command input, AlgoContext context)
      throws Exception {
    Command command = Table.command(input, context);
    CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
    switch (command.op()) {
      case "sleep" -> {
        Runnable rest = Table.afterSleep(command, context);
        var unused =
            scheduler.schedule(
                () -> complete(stage, rest::run), command.number("ms"), TimeUnit.MILLISECONDS);
      }
      case "work", "hang", "error", "file" ->
          busy.execute(() -> complete(stage, () -> Table.run(command, context)));
      case "fail" -> complete(stage, () -> Table.run(command, context));
      default -> {
        Table.run(command, context);
        stage.complete(null);
      }
    }
    return stage;
  }

  /** A step of the table. */
  interface Step {
    void run() throws Exception;
  }

  static void complete(CompletableFuture<@Nullable Void> stage, Step step) {
    try {
      step.run();
      stage.complete(null);
    } catch (Throwable t) { // what is thrown on this thread, nobody else would see
      stage.completeExceptionally(t);
    }
  }

  /** Threads for what takes its time. */
  static ExecutorService busyThreads() {
    return Executors.newCachedThreadPool(task -> daemon(task, "conformance-busy"));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
