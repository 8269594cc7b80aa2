package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.observe.StorageCounters.Operation;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.record.Outcome;

/** An author's registry beside the port. */
class CollectedMetersTest {

  private final RunnerCounters counters = new RunnerCounters(List.of("left"), List.of("result"));
  private final MeterRegistry authors = new SimpleMeterRegistry();
  private final List<Refresher> refreshers = new ArrayList<>();
  private RunnerView view = Views.of(Views.partition("left", "l", 0), Views.halted("left", "l", 1));
  private final RunnerMetrics metrics =
      new RunnerMetrics(
          new DeploymentIdentity("ann", "production", "", "", "", "", "", 4),
          counters,
          new RunnerMetrics.Sources(
              () -> view, () -> Map.of("ca", Instant.ofEpochSecond(1_800_000_000))),
          Optional.of(authors),
          this::refresher);

  private ScheduledExecutorService refresher() {
    Refresher refresher = new Refresher();
    refreshers.add(refresher);
    return refresher;
  }

  @BeforeEach
  void start() {
    InputCounters left = counters.input("left");
    left.read(9);
    left.settled(Outcome.WRITTEN, 10, 12, 5_000_000);
    left.settled(Outcome.DEAD_LETTERED, 5, 6, 7_000_000);
    left.executed(1_000_000);
    left.algoError();
    left.runnerError();
    left.writtenToRetry(7);
    counters.output("result").written(40, 50);
    counters.retried(1, 2);
    counters.abandoned(3);
    counters.transactions().committed();
    counters.transactions().replaced();
    counters.storage().ended(Operation.READ, true, TimeUnit.MILLISECONDS.toNanos(40));
    metrics.start();
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  private Scrape scrape() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      metrics.scrape(out, RunnerMetrics.TEXT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Scrape(out.toString(UTF_8));
  }

  /** The meter of a sample of the port. */
  private Meter meter(Scrape.Sample sample) {
    String name = sample.name().replaceFirst("_total$|_seconds_(count|sum)$", "").replace('_', '.');
    Tags tags = Tags.empty();
    for (Map.Entry<String, String> label : sample.labels().entrySet()) {
      tags = tags.and(label.getKey(), label.getValue());
    }
    return authors.get(name).tags(tags).meter();
  }

  private static double value(Meter meter, String sample) {
    if (meter instanceof FunctionTimer timer) {
      return sample.endsWith("_count") ? timer.count() : timer.totalTime(TimeUnit.SECONDS);
    }
    return meter instanceof FunctionCounter counter ? counter.count() : ((Gauge) meter).value();
  }

  private long assertMirrored() {
    List<Scrape.Sample> own =
        scrape().samples.stream()
            .filter(sample -> sample.name().startsWith("algo"))
            .filter(sample -> !sample.name().endsWith("_bucket"))
            .toList();
    for (Scrape.Sample sample : own) {
      assertThat(value(meter(sample), sample.name())).as("%s", sample).isEqualTo(sample.value());
    }
    return own.stream().filter(sample -> !sample.name().endsWith("_sum")).count();
  }

  @Test
  void whateverThePortHasTheAuthorsRegistryHas() {
    long series = assertMirrored();
    assertThat(series).isGreaterThan(60);
    assertThat(authors.getMeters()).hasSize((int) series);

    metrics.close();
    assertThat(authors.getMeters()).isEmpty();
    assertThat(refreshers).allMatch(Refresher::isShutdown);
  }

  @Test
  void seriesComeAndGoWithPartitionsAndTries() {
    view = Views.of(Views.stuck("left", "l", 0), Views.partition("left", "other", 7));
    counters.retried(2, 1);
    refreshers.forEach(Refresher::turn);

    assertThat(authors.getMeters()).hasSize((int) assertMirrored());
    assertThat(authors.find("algo.lag.records").tags("topic", "l", "partition", "1").meters())
        .isEmpty();
  }

  @Test
  void aThousandPartitionsAreFewMeters() {
    view =
        Views.of(
            IntStream.range(0, 1_000)
                .mapToObj(number -> Views.partition("left", "l", number))
                .toArray(PartitionView[]::new));
    refreshers.forEach(Refresher::turn);

    assertThat(authors.find("algo.lag.records").meters())
        .hasSize(ViewCollector.MOST_PARTITIONS + 1);
    assertMirrored();
  }

  @Test
  void aLookThatFailsIsFollowedByAnother() {
    RunnerView good = view;
    view = null;
    refreshers.forEach(Refresher::turn);
    view = good;
    counters.retried(5, 5);
    refreshers.forEach(Refresher::turn);
    assertMirrored();
  }
}
