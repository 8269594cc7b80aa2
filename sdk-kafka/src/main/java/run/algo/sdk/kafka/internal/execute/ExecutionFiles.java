package run.algo.sdk.kafka.internal.execute;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;

/**
 * What an execution holds beside its record: open streams, files on the disk, uploads. Made for
 * executions that use any. When the execution ends all of it is closed, the last first; what comes
 * later, from an author's thread that is late, is closed at once and refused. Thread-safe.
 */
final class ExecutionFiles {

  private static final Logger log = LoggerFactory.getLogger(ExecutionFiles.class);

  private static final RateLimit WARNINGS =
      new RateLimit(RecordProcessors.LOG_INTERVAL, System::nanoTime);

  private final Deque<Closeable> held = new ArrayDeque<>();
  private boolean ended;

  /** The record's payload, once it was asked for. */
  volatile @Nullable RecordPayload payload;

  /**
   * Keeps something until the execution ends.
   *
   * @throws IllegalStateException when it has ended; the thing is closed then
   */
  <T extends Closeable> T keep(T thing) {
    synchronized (this) {
      if (!ended) {
        held.push(thing);
        return thing;
      }
    }
    close(thing);
    throw ended();
  }

  /** It was closed by its user. */
  synchronized void release(Closeable thing) {
    held.remove(thing);
  }

  /** Throws when the execution has ended. */
  synchronized void checkOpen() {
    if (ended) {
      throw ended();
    }
  }

  synchronized boolean isEnded() {
    return ended;
  }

  static IllegalStateException ended() {
    return new IllegalStateException(
        "the execution has ended, and with it its payloads and output files");
  }

  /** The execution has ended. Never fails; a second call does nothing. */
  void end() {
    List<Closeable> last;
    synchronized (this) {
      ended = true;
      last = new ArrayList<>(held);
      held.clear();
    }
    last.forEach(ExecutionFiles::close);
  }

  private static void close(Closeable thing) {
    try {
      thing.close();
    } catch (IOException | RuntimeException e) { // the record goes its way
      Throwable cause = FailureLog.printable(e);
      WARNINGS.run(
          e.getClass().getName(),
          heldBack ->
              log.warn(
                  "what an execution has left cannot be closed (and {} more like it)",
                  heldBack,
                  cause));
    }
  }
}
