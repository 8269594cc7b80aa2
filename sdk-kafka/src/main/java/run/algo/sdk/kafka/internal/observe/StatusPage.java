package run.algo.sdk.kafka.internal.observe;

import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import tools.jackson.databind.json.JsonMapper;

/**
 * The status page and its data, with the thread that remembers the last minutes: a daemon that
 * takes a sample a second from {@link #start} to {@link #close}. Thread-safe.
 */
public final class StatusPage implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StatusPage.class);

  private final StatusSource source;
  private final History history = new History();
  private final StatusData data;
  private @Nullable ScheduledExecutorService sampler;

  /**
   * A page.
   *
   * @param source where it gets what it shows
   */
  public StatusPage(StatusSource source) {
    this.source = source;
    this.data = new StatusData(source, history, InstantSource.system());
  }

  /** {@return the pages by path} */
  public Map<String, Page> pages() {
    return Map.of("/", StatusHtml.page(), "/status.json", this::json);
  }

  private Page.Content json(String accept) {
    byte[] body = JsonMapper.shared().writeValueAsBytes(data.read());
    return new Page.Content(200, "application/json", body);
  }

  /** Begins to remember. */
  public synchronized void start() {
    if (sampler == null) {
      sampler =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "algo-history");
                thread.setDaemon(true);
                return thread;
              });
      var unused = sampler.scheduleAtFixedRate(this::sample, 0, 1, TimeUnit.SECONDS);
    }
  }

  private void sample() {
    try {
      history.sample(System.nanoTime(), source.counters(), lag(source.view().get()));
    } catch (RuntimeException | Error e) { // one sample less; a periodic task would end
      log.warn("the status page misses a second of its history", e);
    }
  }

  /** Of all partitions whose lag is known. */
  static OptionalLong lag(RunnerView view) {
    return view.partitions().stream()
        .map(PartitionView::lag)
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong)
        .reduce(Long::sum)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  @Override
  public synchronized void close() {
    ScheduledExecutorService running = sampler;
    if (running != null) {
      running.shutdownNow();
    }
  }
}
