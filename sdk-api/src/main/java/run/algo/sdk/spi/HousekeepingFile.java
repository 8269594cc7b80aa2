package run.algo.sdk.spi;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that {@link FileHousekeeping} asks about. Valid during the call that it is given to; for
 * one thread.
 *
 * @since 0.1.0
 */
public final class HousekeepingFile {

  private static final Pattern OF_THE_SDK = Pattern.compile("([^/]+)/[^/]+/.+", Pattern.DOTALL);

  private final FileStore store;
  private final StoredFile file;
  private final FileReference reference;

  HousekeepingFile(FileStore store, StoredFile file, FileReference reference) {
    this.store = Objects.requireNonNull(store, "store");
    this.file = Objects.requireNonNull(file, "file");
    this.reference = Objects.requireNonNull(reference, "reference");
  }

  /** Whether a key has the form that the SDK gives its keys: {@code trace/position/rest}. */
  static boolean isOfTheSdk(String key) {
    return OF_THE_SDK.matcher(key).matches();
  }

  /** {@return the object key, as {@link FileReference#file()} has it} */
  public String key() {
    return file.key();
  }

  /** {@return the length in bytes} */
  public long size() {
    return file.size();
  }

  /** {@return when it was written, by the store's clock} */
  public Instant modified() {
    return file.modified();
  }

  /**
   * Tells the trace of the record that the file was written for: the first segment of the key, as
   * it stands there.
   *
   * @return the trace; empty for a key that is not of the form that the SDK gives its keys
   */
  public Optional<String> trace() {
    Matcher key = OF_THE_SDK.matcher(file.key());
    return key.matches() ? Optional.of(key.group(1)) : Optional.empty();
  }

  /**
   * Asks the store for the tags, such as {@link FileTarget#TRACE_TAG}. That is a request for each
   * file; what the key tells is for nothing.
   *
   * @return the tags by name
   * @throws IOException when they cannot be told
   */
  public Map<String, String> tags() throws IOException {
    return store.tags(reference);
  }

  /** {@return the key} */
  @Override
  public String toString() {
    return file.key();
  }
}
