package run.algo.sdk.kafka.config;

/**
 * Every setting of the SDK's own: one constant a variable {@code ALGO_*}.
 *
 * <p>A setting is given by its variable, by the system property of {@link #property()}, or by the
 * builder; builder beats property beats environment. A blank value counts as not set.
 *
 * @since 0.1.0
 */
public enum Setting {
  /** Which records are executed one at a time. */
  ORDERING(
      "ALGO_ORDERING",
      "partition",
      "use partition, key or unordered",
      "which records are executed one at a time, in offset order"),
  /** Executions at once. */
  CONCURRENCY(
      "ALGO_CONCURRENCY",
      "processors; 1000 on virtual threads or with an asynchronous Algo",
      "use a whole number from 1 to 100000",
      "executions at once"),
  /** Which threads execute the Algo. */
  THREADS(
      "ALGO_THREADS",
      "auto",
      "use auto, platform or virtual",
      "platform, virtual (Java 21 or newer), or auto: virtual for key and unordered where there are any"),
  /** What a crash may do to outputs. */
  DELIVERY(
      "ALGO_DELIVERY",
      "at-least-once",
      "use at-least-once or exactly-once",
      "exactly-once writes outputs and offsets in one transaction"),
  /** Time between commits. */
  COMMIT_INTERVAL(
      "ALGO_COMMIT_INTERVAL",
      "500ms; 100ms exactly-once",
      "use a positive Go duration such as 500ms",
      "time between commits"),
  /** Records read and not settled. */
  MAX_IN_FLIGHT(
      "ALGO_MAX_IN_FLIGHT",
      "10000",
      "use a whole number from 1 to 10000000",
      "records read and not settled, per Algo"),
  /** Bytes read or emitted and not settled. */
  MEMORY_BUDGET(
      "ALGO_MEMORY_BUDGET",
      "quarter of the heap",
      "use a size of at least 64KiB such as 64MiB, 1GiB or a number of bytes",
      "bytes of values and buffered emissions not settled"),
  /** Longest time of one execution. */
  TIMEOUT(
      "ALGO_TIMEOUT",
      "from config",
      "use a Go duration such as 30s, or 0 for none",
      "longest time of one execution; 0 = none"),
  /** Timed-out executions that may still run. */
  ABANDONED_LIMIT(
      "ALGO_ABANDONED_LIMIT",
      "16",
      "use a whole number from 1 to 1000000",
      "timed-out executions still running before /health goes down"),
  /** No progress while work waits. */
  STUCK_AFTER(
      "ALGO_STUCK_AFTER",
      "5m",
      "use a positive Go duration such as 5m",
      "no progress for so long while work waits is a failure of /health"),
  /** Most records of a batch. */
  BATCH_SIZE(
      "ALGO_BATCH_SIZE", "100", "use a whole number from 1 to 1000000", "most records of a batch"),
  /** How long a batch waits to fill. */
  BATCH_LINGER(
      "ALGO_BATCH_LINGER",
      "20ms",
      "use a Go duration such as 20ms, or 0",
      "how long a batch waits to fill"),
  /** How long records are held for their trigger. */
  GATHER_TIMEOUT(
      "ALGO_GATHER_TIMEOUT",
      "10m",
      "use a positive Go duration such as 10m",
      "how long records with run=false are held for their trigger"),
  /** Longest drain of revoked partitions. */
  REVOKE_TIMEOUT(
      "ALGO_REVOKE_TIMEOUT",
      "5s",
      "use a Go duration such as 5s, or 0",
      "longest drain of revoked partitions"),
  /** Longest drain at SIGTERM. */
  SHUTDOWN_TIMEOUT(
      "ALGO_SHUTDOWN_TIMEOUT",
      "25s",
      "use a Go duration such as 25s, or 0",
      "longest drain on SIGTERM, then commit and leave"),
  /** How long a failure lasts before the health check says so. */
  HEALTH_GRACE(
      "ALGO_HEALTH_GRACE",
      "60s",
      "use a Go duration such as 60s, or 0",
      "how long a failure that a restart can help lasts before /health says so"),
  /** The retry strategy as JSON. */
  RETRY_STRATEGY(
      "ALGO_RETRY_STRATEGY",
      "from config",
      "give the JSON of retryStrategy, for example"
          + " {\"strategy\":\"Simple\",\"steps\":[{\"index\":1,\"backoffDuration\":\"1s\",\"repeat\":3}]}",
      "the JSON of retryStrategy, inline; implies enabled, beats every override"),
  /** Most parked records of a key. */
  PARKED_PER_KEY(
      "ALGO_PARKED_PER_KEY",
      "10000",
      "use a whole number from 1 to 10000000",
      "most parked records of a key, of stateful retries"),
  /** Most parked records. */
  PARKED_MAX(
      "ALGO_PARKED_MAX",
      "1000000",
      "use a whole number from 1 to 100000000",
      "most parked records of the process, of all its partitions together"),
  /** What happens to a record that has no room among the parked ones. */
  PARKED_FULL(
      "ALGO_PARKED_FULL",
      "dead-letter",
      "use dead-letter or halt",
      "what happens to a record that would have to be parked beyond these bounds"),
  /** Pause instead of dead-lettering everything. */
  OUTAGE_FUSE(
      "ALGO_OUTAGE_FUSE",
      "off",
      "use on or off",
      "pause and probe instead of dead-lettering everything"),
  /** What happens to a record that failed for good. */
  ON_FAILURE(
      "ALGO_ON_FAILURE",
      "dead-letter",
      "use dead-letter or halt",
      "what happens to a record that failed for good; unset, a denied dead-letter topic means halt"),
  /** Whether missing retry and dead-letter topics are created. */
  CREATE_TOPICS(
      "ALGO_CREATE_TOPICS",
      "true",
      "use true or false",
      "create retry, parking and dead-letter topics that do not exist"),
  /** What happens to an output too large for its topic. */
  OVERSIZE(
      "ALGO_OVERSIZE",
      "dead-letter",
      "use dead-letter or reference",
      "an output too large for its topic: dead-letter its record, or reference a file in storage"),
  /** What happens to a record of an unlisted content type. */
  CONTENT_TYPE(
      "ALGO_CONTENT_TYPE",
      "warn",
      "use off, warn or reject",
      "what happens to a record whose content type its input does not list"),
  /** Where referenced files are put. */
  INPUT_DIR(
      "ALGO_INPUT_DIR", "/input", "use the path of a folder", "where referenced files are put"),
  /** Further buckets that may be read. */
  STORAGE_READ_BUCKETS(
      "ALGO_STORAGE_READ_BUCKETS",
      "–",
      "list bucket names (3 to 63 of a-z 0-9 . -) with commas between",
      "further buckets whose files may be read, with commas between"),
  /** Length of an upload's parts. */
  STORAGE_PART_SIZE(
      "ALGO_STORAGE_PART_SIZE",
      "8MiB",
      "use a size from 5MiB to 1GiB such as 8MiB",
      "length of the parts of a file that is uploaded; an open output file takes so much memory at most"),
  /** Parts sent at once. */
  STORAGE_PARTS(
      "ALGO_STORAGE_PARTS",
      "4",
      "use a whole number from 1 to 1000",
      "parts of uploads that are sent at once, of all files together"),
  /** Whether the storage is given a checksum. */
  STORAGE_CHECKSUM(
      "ALGO_STORAGE_CHECKSUM",
      "none",
      "use none or crc32c",
      "crc32c lets the storage check what it is sent; not every compatible one knows it"),
  /** How long failed requests are tried again. */
  STORAGE_TIMEOUT(
      "ALGO_STORAGE_TIMEOUT",
      "2m",
      "use a positive Go duration such as 2m",
      "how long failed requests to the storage are tried again where ALGO_TIMEOUT sets no deadline"),
  /** Who vouches for the storage. */
  STORAGE_CA_LOCATION(
      "ALGO_STORAGE_CA_LOCATION",
      "the system's",
      "mount the PEM file of the authorities there",
      "PEM file of the authorities that an https storage is trusted by, in place of the system's"),
  /** The consumer group. */
  GROUP_ID(
      "ALGO_GROUP_ID",
      "from config",
      "use a name of at most 249 characters without control characters",
      "consumer group; algorun-<deploymentOwner>-<deploymentName>-<owner>-<name>-<index> by default"),
  /** Whether the log is told of the record that is executed. */
  LOG_CONTEXT(
      "ALGO_LOG_CONTEXT",
      "on",
      "use on or off",
      "tell the log, by SLF4J's MDC, which record is executed"),
  /** Port of metrics and health. */
  METRICS_PORT(
      "ALGO_METRICS_PORT",
      "10080",
      "use a port from 1 to 65535, 0 for any free one, or off",
      "port of metrics and health; 0 = any free one, off closes it"),
  /** Address of metrics and health. */
  METRICS_ADDRESS(
      "ALGO_METRICS_ADDRESS",
      "all",
      "use an IP address or a host name of this machine, or all",
      "address to which the port is bound"),
  /** The runner config, inline. */
  RUNNER_CONFIG(
      "ALGO_RUNNER_CONFIG",
      "–",
      "give the JSON object that the operator mounts",
      "the runner config, inline; beats the file"),
  /** Path of the runner config. */
  RUNNER_CONFIG_FILE(
      "ALGO_RUNNER_CONFIG_FILE",
      "/algo-runner/algo-runner-config.json",
      "give the path of a readable JSON file",
      "path of the runner config; the default file may be absent, a named one not");

  private final String variable;
  private final String defaultText;
  private final String remedy;
  private final String meaning;

  Setting(String variable, String defaultText, String remedy, String meaning) {
    this.variable = variable;
    this.defaultText = defaultText;
    this.remedy = remedy;
    this.meaning = meaning;
  }

  /**
   * Returns the name of the environment variable.
   *
   * @return for example {@code ALGO_ORDERING}
   */
  public String variable() {
    return variable;
  }

  /**
   * Returns the name of the system property.
   *
   * @return for example {@code algo.ordering}
   */
  public String property() {
    return Texts.lower(variable).replace('_', '.');
  }

  /**
   * Returns what holds when the setting is absent, as the documentation has it.
   *
   * @return a value, a description of one, or a dash for nothing
   */
  public String defaultText() {
    return defaultText;
  }

  /**
   * Returns what the setting does.
   *
   * @return a phrase
   */
  public String meaning() {
    return meaning;
  }

  /** Returns what to do about a value that is not accepted. */
  String remedy() {
    return remedy;
  }
}
