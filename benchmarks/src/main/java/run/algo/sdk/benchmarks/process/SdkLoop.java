package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import run.algo.sdk.Algo;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.AlgoRunnerBuilder;
import run.algo.sdk.kafka.RunnerState;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.SettingsSource;

/**
 * The SDK as a user has it: a runner with one Algo of one of its three forms, on nothing but its
 * public API. The asynchronous one waits by a timer; the one of batches works on one record after
 * the other, since that is all that can be done with this work.
 */
final class SdkLoop {

  /** The names of its input and output. */
  static final String RECORDS = "records";

  static final String RESULTS = "results";

  private static final long LOOK_MILLIS = 100;

  private SdkLoop() {}

  /** The settings that a runner in this environment has, for whoever wants the same clients. */
  static AlgoSettings settings(Map<String, String> environment) {
    return AlgoSettings.load(
        new SettingsSource(
            environment, Map.of(), Map.of(), List.of(RECORDS), List.of(RESULTS), List.of(), false));
  }

  /**
   * Runs until all records are acknowledged, and ends as a shutdown does.
   *
   * @param observed whether somebody asks for all that its port tells, once a second
   */
  static void run(
      Map<String, String> environment, Arm.Form form, Job job, AckMeter meter, boolean observed)
      throws InterruptedException {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    AlgoRunnerBuilder builder =
        switch (form) {
          case RECORD -> records(job.values(), job.work());
          case ASYNC -> stages(job.values(), job.work(), timer);
          case BATCH -> batches(job.values(), job.work());
        };
    try (AlgoRunner runner = builder.environment(environment).build()) {
      runner.start();
      if (observed) {
        Runnable asking = observer(runner);
        var unused = timer.scheduleAtFixedRate(asking, 1, 1, TimeUnit.SECONDS);
      }
      while (!meter.awaitDone(LOOK_MILLIS)) {
        if (runner.state() == RunnerState.FAILED) {
          throw new IllegalStateException("the runner has failed", runner.failure().orElse(null));
        }
      }
    } finally {
      timer.shutdownNow();
    }
  }

  /** As a Prometheus that scrapes often, and a browser that shows the page. */
  private static Runnable observer(AlgoRunner runner) {
    HttpClient client = HttpClient.newHttpClient();
    int port = runner.metricsPort().orElseThrow();
    return () -> {
      for (String path : List.of("/metrics", "/status.json", "/health", "/ready")) {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        try {
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
          throw new UncheckedIOException("the port does not answer", e);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  private static <I, O> AlgoRunnerBuilder records(Values<I, O> values, Work work) {
    Algo<I, O> algo =
        (value, context) -> {
          work.run();
          return values.answer(value);
        };
    return AlgoRunner.builder().input(values.records(), algo, values.results());
  }

  private static <I, O> AlgoRunnerBuilder stages(
      Values<I, O> values, Work work, ScheduledExecutorService timer) {
    AsyncAlgo<I, O> algo = (value, context) -> work.begin(values.answer(value), timer);
    return AlgoRunner.builder().asyncInput(values.records(), algo, values.results());
  }

  private static <I, O> AlgoRunnerBuilder batches(Values<I, O> values, Work work) {
    BatchAlgo<I, O> algo = records -> complete(records, values, work);
    return AlgoRunner.builder().batchInput(values.records(), algo, values.results());
  }

  private static <I, O> void complete(
      List<BatchRecord<I, O>> records, Values<I, O> values, Work work) throws InterruptedException {
    for (BatchRecord<I, O> record : records) {
      work.run();
      record.complete(values.answer(record.value()));
    }
  }
}
