package run.algo.sdk.kafka.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import run.algo.sdk.spi.FileStoreOptions;

/**
 * How records are read, executed and settled. Sizes are bytes.
 *
 * <p>Immutable, so safe for use by several threads. It is created by {@link AlgoSettings#load},
 * which has checked every value.
 *
 * @since 0.1.0
 */
public final class EngineSettings {

  // Typed values by setting: two dozen constructor parameters of like types would invite mistakes.
  private final Map<Setting, Object> values;
  private final String deadLetterSuffix;

  EngineSettings(Map<Setting, Object> values, String deadLetterSuffix) {
    this.values = new EnumMap<>(values);
    this.deadLetterSuffix = deadLetterSuffix;
  }

  private <T> T get(Setting setting, Class<T> type) {
    return find(setting, type)
        .orElseThrow(() -> new IllegalStateException(setting.variable() + " has no value"));
  }

  private <T> Optional<T> find(Setting setting, Class<T> type) {
    return Optional.ofNullable(values.get(setting)).map(type::cast);
  }

  /**
   * Returns which records are executed one at a time; {@code partition} by default.
   *
   * @return the ordering
   */
  public Ordering ordering() {
    return get(Setting.ORDERING, Ordering.class);
  }

  /**
   * Returns how many executions may run at once.
   *
   * @return the number as set, or empty for the default: the processors, 1000 on virtual threads or
   *     with an asynchronous Algo
   */
  public OptionalInt concurrency() {
    return find(Setting.CONCURRENCY, Integer.class)
        .map(OptionalInt::of)
        .orElseGet(OptionalInt::empty);
  }

  /**
   * Returns which threads execute the Algo; {@code auto} by default.
   *
   * @return the thread model
   */
  public ThreadModel threads() {
    return get(Setting.THREADS, ThreadModel.class);
  }

  /**
   * Returns what a crash may do to outputs; {@code at-least-once} by default.
   *
   * @return the delivery
   */
  public Delivery delivery() {
    return get(Setting.DELIVERY, Delivery.class);
  }

  /**
   * Returns the time between commits; 500 ms by default, 100 ms exactly-once.
   *
   * @return more than zero
   */
  public Duration commitInterval() {
    return get(Setting.COMMIT_INTERVAL, Duration.class);
  }

  /**
   * Returns how many records may be read and not settled; 10000 by default.
   *
   * @return at least 1
   */
  public int maxInFlight() {
    return get(Setting.MAX_IN_FLIGHT, Integer.class);
  }

  /**
   * Returns how many bytes of values and buffered emissions may be unsettled; a quarter of the heap
   * by default.
   *
   * @return bytes
   */
  public long memoryBudgetBytes() {
    return get(Setting.MEMORY_BUDGET, Long.class);
  }

  /**
   * Returns the longest time of one execution: {@code ALGO_TIMEOUT}, else the config's {@code
   * timeoutSeconds}.
   *
   * @return more than zero, or empty for none
   */
  public Optional<Duration> timeout() {
    return find(Setting.TIMEOUT, Duration.class);
  }

  /**
   * Returns how many timed-out executions may still run before the health check fails; 16 by
   * default.
   *
   * @return at least 1
   */
  public int abandonedLimit() {
    return get(Setting.ABANDONED_LIMIT, Integer.class);
  }

  /**
   * Returns after how long without progress the engine counts as stuck while work waits; 5 minutes
   * by default.
   *
   * @return more than zero
   */
  public Duration stuckAfter() {
    return get(Setting.STUCK_AFTER, Duration.class);
  }

  /**
   * Returns the most records of a batch; 100 by default.
   *
   * @return at least 1
   */
  public int batchSize() {
    return get(Setting.BATCH_SIZE, Integer.class);
  }

  /**
   * Returns how long a batch waits to fill; 20 ms by default.
   *
   * @return zero or more
   */
  public Duration batchLinger() {
    return get(Setting.BATCH_LINGER, Duration.class);
  }

  /**
   * Returns how long records are held for their trigger; 10 minutes by default.
   *
   * @return more than zero
   */
  public Duration gatherTimeout() {
    return get(Setting.GATHER_TIMEOUT, Duration.class);
  }

  /**
   * Returns the longest drain of revoked partitions; 5 seconds by default.
   *
   * @return zero or more
   */
  public Duration revokeTimeout() {
    return get(Setting.REVOKE_TIMEOUT, Duration.class);
  }

  /**
   * Returns the longest drain at shutdown; 25 seconds by default.
   *
   * @return zero or more
   */
  public Duration shutdownTimeout() {
    return get(Setting.SHUTDOWN_TIMEOUT, Duration.class);
  }

  /**
   * Returns how long a failure lasts before the health check says so; 60 seconds by default.
   *
   * @return zero or more
   */
  public Duration healthGrace() {
    return get(Setting.HEALTH_GRACE, Duration.class);
  }

  /**
   * Returns how many records of a key may be parked; 10000 by default. Without meaning where no
   * input has a stateful strategy.
   *
   * @return at least 1
   */
  public int parkedPerKey() {
    return get(Setting.PARKED_PER_KEY, Integer.class);
  }

  /**
   * Returns how many records may be parked, of all partitions of this process together; 1000000 by
   * default. Without meaning where no input has a stateful strategy.
   *
   * @return at least 1
   */
  public int parkedMax() {
    return get(Setting.PARKED_MAX, Integer.class);
  }

  /**
   * Returns what happens to a record that would have to be parked beyond {@link #parkedPerKey} or
   * {@link #parkedMax}; {@code dead-letter} by default.
   *
   * @return the action
   */
  public ParkedFullAction parkedFull() {
    return get(Setting.PARKED_FULL, ParkedFullAction.class);
  }

  /**
   * Returns whether the log is told, by SLF4J's MDC, which record is executed; on by default.
   *
   * @return whether it is told
   */
  public boolean logContext() {
    return get(Setting.LOG_CONTEXT, Boolean.class);
  }

  /**
   * Returns whether an outage pauses the engine instead of dead-lettering everything; off by
   * default.
   *
   * @return whether the fuse is on
   */
  public boolean outageFuse() {
    return get(Setting.OUTAGE_FUSE, Boolean.class);
  }

  /**
   * Returns what happens to a record that failed for good.
   *
   * @return the action as set; empty means {@code dead-letter}, or {@code halt} when the
   *     dead-letter topic is denied
   */
  public Optional<FailureAction> failureAction() {
    return find(Setting.ON_FAILURE, FailureAction.class);
  }

  /**
   * Returns whether missing retry, parking and dead-letter topics are created; true by default.
   *
   * @return whether they are
   */
  public boolean createTopics() {
    return get(Setting.CREATE_TOPICS, Boolean.class);
  }

  /**
   * Returns what happens to an output too large for its topic; {@code dead-letter} by default.
   *
   * @return the action
   */
  public OversizeAction oversize() {
    return get(Setting.OVERSIZE, OversizeAction.class);
  }

  /**
   * Returns what happens to a record of an unlisted content type; {@code warn} by default.
   *
   * @return the check
   */
  public ContentTypeCheck contentTypeCheck() {
    return get(Setting.CONTENT_TYPE, ContentTypeCheck.class);
  }

  /**
   * Returns where referenced files are put; {@code /input} by default.
   *
   * @return a folder, which need not exist
   */
  public Path inputDir() {
    return get(Setting.INPUT_DIR, Path.class);
  }

  /**
   * Returns the buckets whose files may be read besides the deployment's own; none by default.
   *
   * @return bucket names; immutable
   */
  public List<String> storageReadBuckets() {
    return get(Setting.STORAGE_READ_BUCKETS, BucketNames.class).names();
  }

  /**
   * Returns how files are moved to and from storage; {@link FileStoreOptions#DEFAULTS} by default.
   *
   * @return part size, parts at once, checksum, time for trying again, authorities
   */
  public FileStoreOptions fileStoreOptions() {
    return new FileStoreOptions(
        Math.toIntExact(get(Setting.STORAGE_PART_SIZE, Long.class)),
        get(Setting.STORAGE_PARTS, Integer.class),
        get(Setting.STORAGE_CHECKSUM, StorageChecksum.class) == StorageChecksum.CRC32C,
        get(Setting.STORAGE_TIMEOUT, Duration.class),
        find(Setting.STORAGE_CA_LOCATION, Path.class));
  }

  /**
   * Returns the suffix of dead-letter topics of inputs without a retry strategy; {@code dlq} by
   * default.
   *
   * @return text that can stand in the name of a topic
   */
  public String deadLetterSuffix() {
    return deadLetterSuffix;
  }

  /** The values, for the start-up line. */
  Map<Setting, Object> values() {
    return values;
  }

  @Override
  public String toString() {
    return "EngineSettings" + values;
  }

  /** A list with its element type kept at run time. */
  record BucketNames(List<String> names) {
    BucketNames {
      names = List.copyOf(names);
    }

    @Override
    public String toString() {
      return String.join(",", names);
    }
  }
}
