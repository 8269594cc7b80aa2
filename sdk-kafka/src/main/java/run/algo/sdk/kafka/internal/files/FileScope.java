package run.algo.sdk.kafka.internal.files;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What all executions of a runner share for payloads outside of records.
 *
 * @param storage where files of references are
 * @param directory where payloads become files
 * @param oversize whether an output that is too large for its topic goes to storage
 * @param algo name of the Algo, for the tags of what it writes
 * @param memory for payloads that are read from storage as a whole
 * @param clock the time of day
 */
public record FileScope(
    Storage storage,
    InputDirectory directory,
    boolean oversize,
    String algo,
    PayloadMemory memory,
    InstantSource clock)
    implements AutoCloseable {

  /**
   * As the canonical one, with memory of its own.
   *
   * @param storage where files of references are
   * @param directory where payloads become files
   * @param oversize whether an output that is too large for its topic goes to storage
   * @param algo name of the Algo, for the tags of what it writes
   * @param largestInMemory what payloads that are read from storage as a whole may take together,
   *     in bytes
   * @param clock the time of day
   */
  public FileScope(
      Storage storage,
      InputDirectory directory,
      boolean oversize,
      String algo,
      long largestInMemory,
      InstantSource clock) {
    this(storage, directory, oversize, algo, new PayloadMemory(largestInMemory), clock);
  }

  /**
   * Where nothing is configured: a payload can still become a file.
   *
   * @return a scope of its own
   */
  public static FileScope none() {
    return new FileScope(
        Storage.none("this deployment has no storage: set MC_HOST_algorun"),
        new InputDirectory(Path.of(System.getProperty("java.io.tmpdir"))),
        false,
        "",
        Long.MAX_VALUE,
        InstantSource.system());
  }

  /** {@return longest payload that is read from storage as a whole, in bytes} */
  public long largestInMemory() {
    return memory.budget();
  }

  /** Closes what executions have left open, as those that a runner did not wait for. */
  @Override
  public void close() {
    try {
      storage.close();
    } finally {
      directory.close();
    }
  }
}
