package run.algo.sdk.spi;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a file goes in a deployment's bucket, and what is noted there with it.
 *
 * @param key the object key; 1 to 1,024 bytes of UTF-8
 * @param tags what the object is tagged with, by name: at most 10, names of 1 to 128 and values of
 *     up to 256 letters, digits, spaces and {@code + - = . _ : / @}. A store puts {@code _} for any
 *     other character and cuts what is longer: a tag is for finding files, not for content
 * @param timeout how long after the beginning of the write failed requests are tried again, the
 *     last of them included; empty leaves it to the store
 * @since 0.1.0
 */
public record FileTarget(String key, Map<String, String> tags, Optional<Duration> timeout) {

  /** Tag of the trace that wrote a file. */
  public static final String TRACE_TAG = "trace";

  /** Tag of the Algo that wrote a file. */
  public static final String ALGO_TAG = "algo";

  /** Tag of the time when a file was written, as ISO 8601 in UTC. */
  public static final String TIME_TAG = "time";

  private static final int MOST_TAGS = 10;

  /** Copies the tags and checks their number and names. */
  public FileTarget {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(timeout, "timeout");
    tags = Map.copyOf(tags);
    if (tags.size() > MOST_TAGS) {
      throw new IllegalArgumentException(
          "an object has at most " + MOST_TAGS + " tags, not " + tags.size());
    }
    if (tags.containsKey("")) {
      throw new IllegalArgumentException("the tag of an object has an empty name");
    }
    if (timeout.isPresent() && timeout.get().isNegative()) {
      throw new IllegalArgumentException("the timeout of a write is negative: " + timeout.get());
    }
  }

  /**
   * A target without tags and without a timeout of its own.
   *
   * @param key the object key
   * @return the target
   */
  public static FileTarget of(String key) {
    return new FileTarget(key, Map.of(), Optional.empty());
  }
}
