package run.algo.sdk.spi;

import java.time.Instant;
import java.util.Objects;

/**
 * A file that a listing found.
 *
 * @param key its object key
 * @param size its length in bytes
 * @param modified when it was written, by the store's clock
 * @since 0.1.0
 */
public record StoredFile(String key, long size, Instant modified) {

  /** Checks that all is there. */
  public StoredFile {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(modified, "modified");
  }
}
