package run.algo.sdk.kafka.internal.tls;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the files on disk: whoever asks for the material more than a second after the last look
 * gets what the files hold now, or what they held when they last made sense.
 *
 * <p>There is no thread and no file watcher. Only a new connection needs a new certificate, so the
 * making of one is the moment to look; contents are compared rather than times or names, because a
 * mounted secret changes by a swapped link several folders up and its times may go backwards.
 * Thread safe; nobody waits for a look that another thread takes.
 */
final class RotatingTls {
  private static final Logger log = LoggerFactory.getLogger(RotatingTls.class);
  private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_WARNED = 64;

  private final TlsPaths paths;
  private final LongSupplier nanoTime;
  private final ReentrantLock looking = new ReentrantLock();
  // Guarded by the lock:
  private final Set<String> warned = new HashSet<>();
  private long lastLook;

  private volatile TlsMaterial current;

  /**
   * Reads the files a first time.
   *
   * @throws PemException if they cannot be used
   */
  RotatingTls(TlsPaths paths, LongSupplier nanoTime) {
    this.paths = paths;
    this.nanoTime = nanoTime;
    this.lastLook = nanoTime.getAsLong();
    this.current = TlsMaterial.of(paths, paths.read());
  }

  TlsPaths paths() {
    return paths;
  }

  /** The material last found good, without a look at the files. */
  TlsMaterial current() {
    return current;
  }

  /**
   * The material for a new connection, after a look at the files if the last one is a second old.
   */
  TlsMaterial refreshed() {
    if (looking.tryLock()) {
      try {
        long now = nanoTime.getAsLong();
        if (now - lastLook >= LOOK_EVERY_NANOS) {
          lastLook = now;
          look();
        }
      } finally {
        looking.unlock();
      }
    }
    return current;
  }

  private void look() {
    try {
      TlsContents contents = paths.read();
      if (!current.madeFrom(contents.fingerprint())) {
        current = TlsMaterial.of(paths, contents);
        log.info("TLS files changed, new connections use them: {}{}", paths, validity());
      }
      warned.clear();
    } catch (PemException e) {
      // A broken state lasts for many connections: it is told once. The bound is for messages that
      // never repeat.
      if (warned.size() < MAX_WARNED && warned.add(String.valueOf(e.getMessage()))) {
        log.warn(
            "TLS files changed but cannot be used, new connections keep what was loaded before{}: {}",
            validity(),
            e.getMessage());
      }
    }
  }

  private String validity() {
    return current.expiry().map(end -> " (client certificate valid until " + end + ")").orElse("");
  }
}
