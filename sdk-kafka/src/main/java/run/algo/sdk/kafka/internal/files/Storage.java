package run.algo.sdk.kafka.internal.files;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.StorageException;
import run.algo.sdk.spi.FileStore;

/**
 * The deployment's file store, opened when it is first used: most Algos that could use one never
 * do. Thread-safe.
 */
public final class Storage implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Storage.class);

  /** What executions have open, for the end of a runner that does not wait for all of them. */
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

  private final Supplier<FileStore> opener;

  /** Why nothing can be read, and why nothing can be written; empty where it can. */
  private final String unreadable;

  private final String unwritable;
  private final boolean own;
  private @Nullable FileStore store;
  private boolean closed;

  private Storage(Supplier<FileStore> opener, String unreadable, String unwritable, boolean own) {
    this.opener = opener;
    this.unreadable = unreadable;
    this.unwritable = unwritable;
    this.own = own;
  }

  /**
   * A store that is opened when it is needed, and closed with this.
   *
   * @param opener opens it
   * @return the storage
   */
  public static Storage opening(Supplier<FileStore> opener) {
    return new Storage(opener, "", "", true);
  }

  /**
   * A store that somebody else closes.
   *
   * @param store the store
   * @return the storage
   */
  public static Storage of(FileStore store) {
    return new Storage(() -> store, "", "", false);
  }

  /**
   * No storage.
   *
   * @param missing what the deployment lacks, and the remedy
   * @return the storage
   */
  public static Storage none(String missing) {
    return new Storage(
        () -> {
          throw new IllegalStateException(missing);
        },
        missing,
        missing,
        false);
  }

  /**
   * A store that is opened when it is needed, that only reads.
   *
   * @param opener opens it
   * @param unwritable what the deployment lacks to write, and the remedy
   * @return the storage
   */
  public static Storage reading(Supplier<FileStore> opener, String unwritable) {
    return new Storage(opener, "", unwritable, true);
  }

  /** {@return whether files can be written} */
  public boolean writable() {
    return unwritable.isEmpty();
  }

  /**
   * The store, to write to.
   *
   * @return the store, the same at each call
   * @throws StorageException when there is none, or none to write to; retrying cannot help
   */
  public FileStore toWrite() throws StorageException {
    if (!writable()) {
      throw new StorageException(unwritable, new IllegalArgumentException(unwritable));
    }
    return toRead();
  }

  /**
   * The store, to read from.
   *
   * @return the store, the same at each call
   * @throws StorageException when there is none; retrying cannot help
   */
  public synchronized FileStore toRead() throws StorageException {
    FileStore known = store;
    if (known == null) {
      if (!unreadable.isEmpty()) {
        throw new StorageException(unreadable, new IllegalArgumentException(unreadable));
      }
      if (closed) {
        String why = "the runner has ended";
        throw new StorageException(why, new IllegalStateException(why));
      }
      try {
        known = opener.get();
      } catch (RuntimeException e) {
        throw new StorageException("the file store cannot be opened: " + e.getMessage(), e);
      }
      store = known;
    }
    return known;
  }

  /**
   * Something of the store is open. It is closed with this, unless it was before.
   *
   * @param thing closes without waiting
   */
  public void opened(Closeable thing) {
    open.add(thing);
  }

  /**
   * It was closed.
   *
   * @param thing what was told as opened
   */
  public void released(Closeable thing) {
    open.remove(thing);
  }

  @Override
  public void close() {
    FileStore known;
    synchronized (this) {
      closed = true;
      known = store;
      store = null;
    }
    // Also where the store is somebody else's, who does not know what we have left open.
    for (Closeable thing : open) {
      try {
        thing.close();
      } catch (IOException | RuntimeException e) { // the others, and the store, must be closed
        log.warn("a file that was being read cannot be closed: {}", e.toString());
      }
    }
    if (known != null && own) {
      known.close();
    }
  }
}
