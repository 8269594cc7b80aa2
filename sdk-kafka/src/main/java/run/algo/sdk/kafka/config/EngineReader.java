package run.algo.sdk.kafka.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import run.algo.sdk.spi.FileStoreOptions;

/** Reads the settings of the engine: a table of settings, readers and defaults. */
final class EngineReader {

  /** Less would not hold one record of usual size besides the buffers of the clients. */
  private static final long LARGEST_PART = 1L << 30;

  private static final long SMALLEST_BUDGET = 64 * 1024;

  private final Variables variables;
  private final Problems problems;
  private final SettingReader reader;
  private final Map<Setting, Object> values = new EnumMap<>(Setting.class);

  EngineReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
    this.reader = new SettingReader(variables, problems);
  }

  EngineSettings read(RunnerConfig config, String deadLetterSuffix) {
    read(Setting.ORDERING, ValueParsers.oneOf(Ordering.values()), Ordering.PARTITION);
    read(Setting.CONCURRENCY, ValueParsers.integer(1, 100_000));
    read(Setting.THREADS, ValueParsers.oneOf(ThreadModel.values()), ThreadModel.AUTO);
    read(Setting.DELIVERY, ValueParsers.oneOf(Delivery.values()), Delivery.AT_LEAST_ONCE);
    boolean exactlyOnce = values.get(Setting.DELIVERY) == Delivery.EXACTLY_ONCE;
    read(
        Setting.COMMIT_INTERVAL,
        ValueParsers::positiveDuration,
        Duration.ofMillis(exactlyOnce ? 100 : 500));
    read(Setting.MAX_IN_FLIGHT, ValueParsers.integer(1, 10_000_000), 10_000);
    read(
        Setting.MEMORY_BUDGET,
        ValueParsers.size(SMALLEST_BUDGET),
        Math.max(SMALLEST_BUDGET, Runtime.getRuntime().maxMemory() / 4));
    timeout(config);
    read(Setting.ABANDONED_LIMIT, ValueParsers.integer(1, 1_000_000), 16);
    read(Setting.STUCK_AFTER, ValueParsers::positiveDuration, Duration.ofMinutes(5));
    read(Setting.BATCH_SIZE, ValueParsers.integer(1, 1_000_000), 100);
    read(Setting.BATCH_LINGER, ValueParsers::duration, Duration.ofMillis(20));
    read(Setting.GATHER_TIMEOUT, ValueParsers::positiveDuration, Duration.ofMinutes(10));
    read(Setting.REVOKE_TIMEOUT, ValueParsers::duration, Duration.ofSeconds(5));
    read(Setting.SHUTDOWN_TIMEOUT, ValueParsers::duration, Duration.ofSeconds(25));
    read(Setting.HEALTH_GRACE, ValueParsers::duration, Duration.ofSeconds(60));
    read(Setting.PARKED_PER_KEY, ValueParsers.integer(1, 10_000_000), 10_000);
    read(Setting.PARKED_MAX, ValueParsers.integer(1, 100_000_000), 1_000_000);
    read(
        Setting.PARKED_FULL,
        ValueParsers.oneOf(ParkedFullAction.values()),
        ParkedFullAction.DEAD_LETTER);
    read(Setting.OUTAGE_FUSE, ValueParsers::onOff, false);
    read(Setting.ON_FAILURE, ValueParsers.oneOf(FailureAction.values()));
    read(Setting.CREATE_TOPICS, ValueParsers::bool, true);
    read(Setting.OVERSIZE, ValueParsers.oneOf(OversizeAction.values()), OversizeAction.DEAD_LETTER);
    read(
        Setting.CONTENT_TYPE, ValueParsers.oneOf(ContentTypeCheck.values()), ContentTypeCheck.WARN);
    read(Setting.INPUT_DIR, ValueParsers::path, Path.of(Setting.INPUT_DIR.defaultText()));
    read(
        Setting.STORAGE_READ_BUCKETS,
        ValueParsers::buckets,
        new EngineSettings.BucketNames(List.of()));
    read(Setting.LOG_CONTEXT, ValueParsers::onOff, true);
    files();
    warnOfHeap();
    return new EngineSettings(values, deadLetterSuffix);
  }

  /** How files are moved. */
  private void files() {
    FileStoreOptions defaults = FileStoreOptions.DEFAULTS;
    read(
        Setting.STORAGE_PART_SIZE,
        ValueParsers.size(FileStoreOptions.MIN_PART_SIZE, LARGEST_PART),
        (long) defaults.partSize());
    read(Setting.STORAGE_PARTS, ValueParsers.integer(1, 1000), defaults.parts());
    read(
        Setting.STORAGE_CHECKSUM,
        ValueParsers.oneOf(StorageChecksum.values()),
        StorageChecksum.NONE);
    read(Setting.STORAGE_TIMEOUT, ValueParsers::positiveDuration, defaults.timeout());
    read(Setting.STORAGE_CA_LOCATION, ValueParsers::certificates);
  }

  private void read(Setting setting, Function<String, Object> parser, Object defaultValue) {
    values.put(setting, defaultValue);
    read(setting, parser);
  }

  /** Reads a setting without a default of its own. */
  private void read(Setting setting, Function<String, Object> parser) {
    reader.read(setting, parser).ifPresent(value -> values.put(setting, value));
  }

  /** The variable beats the config also with a zero, which is none. */
  private void timeout(RunnerConfig config) {
    Optional<Object> own = reader.read(Setting.TIMEOUT, ValueParsers::duration);
    if (own.isPresent()) {
      own.filter(timeout -> !timeout.equals(Duration.ZERO))
          .ifPresent(timeout -> values.put(Setting.TIMEOUT, timeout));
    } else {
      config.timeout().ifPresent(timeout -> values.put(Setting.TIMEOUT, timeout));
    }
  }

  private void warnOfHeap() {
    long heap = Runtime.getRuntime().maxMemory();
    if (values.get(Setting.MEMORY_BUDGET) instanceof Long budget && budget > heap / 2) {
      problems.warn(
          variables.label(Setting.MEMORY_BUDGET)
              + "="
              + budget
              + " is more than half of the heap of "
              + heap
              + " bytes: the process may run out of memory");
    }
  }
}
