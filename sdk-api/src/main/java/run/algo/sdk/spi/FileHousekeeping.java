package run.algo.sdk.spi;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds files of a deployment's bucket that no record refers to any more, and removes them. What is
 * still referenced is known to the caller alone, as from a read of the topics that carry the
 * references or from a database.
 *
 * <pre>{@code
 * FileHousekeeping housekeeping =
 *     FileHousekeeping.builder(store, "minio:9000", "acme.word-count", file -> keys.contains(file.key()))
 *         .leastAge(Duration.ofDays(14))
 *         .build();
 * HousekeepingPlan plan = housekeeping.plan("");
 * System.out.println(plan); // the dry run: nothing is removed
 * HousekeepingResult result = plan.remove();
 * }</pre>
 *
 * <p>A dry run comes first by construction: only what a plan lists can be removed. A file is looked
 * at again before it is removed, and stays when it has been written again or is referenced by then.
 * What no look can see is a reference that comes into being between that look and the removal, as
 * that of a record that is retried or replayed and finds its file still there. So the least age
 * must be longer than a record may wait for a retry, stay parked, or be read again.
 *
 * <p>By default, only keys in the form that the SDK gives them are considered: {@code
 * trace/position/rest}. Memory is bounded by {@link Builder#limit}, whatever is in the bucket.
 *
 * <p>Calls block. Immutable and thread-safe, as far as the {@link References} are.
 *
 * @since 0.1.0
 */
public final class FileHousekeeping {

  /** Age below which files are left alone unless told otherwise: Kafka's default retention. */
  public static final Duration DEFAULT_LEAST_AGE = Duration.ofDays(7);

  private static final Duration SHORTEST_AGE = Duration.ofHours(1);
  private static final int DEFAULT_LIMIT = 100_000;

  /** Begins the key of the file that tells the store's time; no key of the SDK's form. */
  private static final String CLOCK_KEY = ".housekeeping-clock-";

  private final FileStore store;
  private final String host;
  private final String bucket;
  private final References references;
  private final Duration leastAge;
  private final int limit;
  private final boolean otherKeys;
  private final @Nullable Clock clock;

  private FileHousekeeping(Builder builder) {
    store = builder.store;
    host = builder.host;
    bucket = builder.bucket;
    references = builder.references;
    leastAge = builder.leastAge;
    limit = builder.limit;
    otherKeys = builder.otherKeys;
    clock = builder.clock;
  }

  /**
   * Begins the settings.
   *
   * @param store the store; stays the caller's to close
   * @param host authority of the storage endpoint, as references name it
   * @param bucket the deployment's bucket, as references name it
   * @param references tells what is referenced
   * @return a builder with the defaults
   */
  public static Builder builder(
      FileStore store, String host, String bucket, References references) {
    return new Builder(store, host, bucket, references);
  }

  /**
   * Plans for all keys with a prefix.
   *
   * @param prefix what the keys begin with, empty for all; the first segment is the trace
   * @return the plan
   * @throws IOException as {@link #plan(String, String)} does
   */
  public HousekeepingPlan plan(String prefix) throws IOException {
    return plan(prefix, "");
  }

  /**
   * Goes through the bucket page by page and lists what may be removed. Removes nothing; to learn
   * the store's time it writes an empty file and removes that again, unless there is a {@link
   * Builder#clock} or there are no files at all. A file of which the {@link References} cannot tell
   * whether it is referenced is left out and counted.
   *
   * @param prefix what the keys begin with, empty for all
   * @param after the key to go on after, as {@link HousekeepingPlan#resumeAfter()} tells it; empty
   *     at the beginning
   * @return the plan, of at most {@link Builder#limit} files
   * @throws IOException when the store cannot be listed, or its time cannot be told
   * @throws IllegalStateException when the store is closed
   */
  public HousekeepingPlan plan(String prefix, String after) throws IOException {
    List<StoredFile> page = store.list(prefix, after);
    if (page.isEmpty()) {
      return new HousekeepingPlan(this, List.of(), HousekeepingPlan.Counts.NONE, Optional.empty());
    }
    Instant writtenBefore = now().minus(leastAge);
    List<StoredFile> files = new ArrayList<>();
    long seen = 0;
    long young = 0;
    long referenced = 0;
    long other = 0;
    long unclear = 0;
    while (!page.isEmpty()) {
      String last = "";
      for (StoredFile file : page) {
        last = file.key();
        seen++;
        if (!otherKeys && !HousekeepingFile.isOfTheSdk(last)) {
          other++;
        } else if (!file.modified().isBefore(writtenBefore)) {
          young++;
        } else {
          switch (state(file)) {
            case REFERENCED -> referenced++;
            case UNCLEAR -> unclear++;
            case UNREFERENCED -> files.add(file);
          }
        }
        if (files.size() == limit) {
          return new HousekeepingPlan(
              this,
              files,
              new HousekeepingPlan.Counts(seen, young, referenced, other, unclear),
              Optional.of(last));
        }
      }
      page = store.list(prefix, last);
    }
    return new HousekeepingPlan(
        this,
        files,
        new HousekeepingPlan.Counts(seen, young, referenced, other, unclear),
        Optional.empty());
  }

  /**
   * Removes what uploads have left that were begun longer ago than the least age and are neither
   * complete nor aborted.
   *
   * @param prefix what their keys begin with, empty for all
   * @return how many were removed
   * @throws IOException when they cannot be listed or removed, or the store's time cannot be told
   * @throws IllegalStateException when the store is closed
   */
  public int removeUnfinished(String prefix) throws IOException {
    return store.removeUnfinished(prefix, now().minus(leastAge));
  }

  private enum State {
    REFERENCED,
    UNREFERENCED,
    UNCLEAR
  }

  private State state(StoredFile file) throws InterruptedIOException {
    try {
      return isReferenced(file) ? State.REFERENCED : State.UNREFERENCED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while planning");
    } catch (Exception e) {
      // What cannot be told is no reason to lose a file, nor to leave all others where they are.
      return State.UNCLEAR;
    }
  }

  boolean isReferenced(StoredFile file) throws Exception {
    return references.isReferenced(new HousekeepingFile(store, file, reference(file.key())));
  }

  /** What there is under a key now. */
  Optional<StoredFile> stored(String key) throws IOException {
    // Of all keys that begin with it, it is the first.
    return store.list(key, "").stream().filter(file -> file.key().equals(key)).findFirst();
  }

  boolean delete(StoredFile file) throws IOException {
    return store.delete(reference(file.key()));
  }

  private FileReference reference(String key) {
    return new FileReference(
        host, bucket, key, OptionalLong.empty(), Optional.empty(), Optional.empty());
  }

  private Instant now() throws IOException {
    if (clock != null) {
      return clock.instant();
    }
    // A clock of this machine that is fast by a day would make a day's files look old.
    String key = CLOCK_KEY + UUID.randomUUID();
    FileReference written = store.write(FileTarget.of(key), new byte[0]);
    try {
      return stored(key)
          .orElseThrow(() -> new IOException(key + " was written and is not listed"))
          .modified();
    } finally {
      store.delete(written);
    }
  }

  /**
   * Tells what is still referenced.
   *
   * @since 0.1.0
   */
  @FunctionalInterface
  public interface References {

    /**
     * Tells whether a file is still referenced; asked for each file that is old enough, when it is
     * planned and again before it is removed.
     *
     * @param file the file
     * @return whether it is to stay
     * @throws Exception when that cannot be told; then it stays
     */
    boolean isReferenced(HousekeepingFile file) throws Exception;
  }

  /**
   * Builds a {@link FileHousekeeping}. For one thread.
   *
   * @since 0.1.0
   */
  public static final class Builder {

    private final FileStore store;
    private final String host;
    private final String bucket;
    private final References references;
    private Duration leastAge = DEFAULT_LEAST_AGE;
    private boolean shortAges;
    private int limit = DEFAULT_LIMIT;
    private boolean otherKeys;
    private @Nullable Clock clock;

    private Builder(FileStore store, String host, String bucket, References references) {
      this.store = Objects.requireNonNull(store, "store");
      this.host = Objects.requireNonNull(host, "host");
      this.bucket = Objects.requireNonNull(bucket, "bucket");
      this.references = Objects.requireNonNull(references, "references");
    }

    /**
     * Leaves files alone that are younger.
     *
     * @param age how long ago, by the store's clock, a file was written at least; {@link
     *     #DEFAULT_LEAST_AGE} by default
     * @return this builder
     */
    public Builder leastAge(Duration age) {
      leastAge = Objects.requireNonNull(age, "age");
      return this;
    }

    /**
     * Allows a least age below one hour, as where nobody writes: with one, the files of records
     * that are being processed look unreferenced.
     *
     * @return this builder
     */
    public Builder shortAges() {
      shortAges = true;
      return this;
    }

    /**
     * Bounds a plan, and with it the memory: a plan keeps key, size and time of its files, about
     * 200 bytes each, and nothing of the others.
     *
     * @param files how many files a plan has at most, 100,000 by default
     * @return this builder
     */
    public Builder limit(int files) {
      limit = files;
      return this;
    }

    /**
     * Considers files as well whose keys are not of the form {@code trace/position/rest}.
     *
     * @return this builder
     */
    public Builder otherKeys() {
      otherKeys = true;
      return this;
    }

    /**
     * Tells the time in place of the store, as for credentials that may not write.
     *
     * @param time a clock that goes like the store's
     * @return this builder
     */
    public Builder clock(Clock time) {
      clock = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Builds it.
     *
     * @return the housekeeping
     * @throws IllegalArgumentException when a setting cannot be used; the message names it
     */
    public FileHousekeeping build() {
      if (leastAge.isNegative() || (!shortAges && leastAge.compareTo(SHORTEST_AGE) < 0)) {
        throw new IllegalArgumentException(
            "leastAge of the housekeeping is "
                + leastAge
                + ": give at least "
                + SHORTEST_AGE
                + ", or allow less by shortAges()");
      }
      if (limit < 1) {
        throw new IllegalArgumentException(
            "limit of the housekeeping is " + limit + ": give at least 1");
      }
      return new FileHousekeeping(this);
    }
  }
}
