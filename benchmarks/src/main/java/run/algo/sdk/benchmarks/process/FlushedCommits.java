package run.algo.sdk.benchmarks.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a framework commit nothing but what is acknowledged, at the price of one wait a commit: a
 * framework takes a record for done when the code that sent its output returns, so whatever it
 * commits has been sent before. A consumer that flushes the producer before each commit turns sent
 * into acknowledged. A send that has failed stops all further commits, which ends the run.
 */
final class FlushedCommits {

  private static final Set<String> COMMITS = Set.of("commitSync", "commitAsync");

  private final Runnable flush;
  private volatile @Nullable Throwable failure;

  /** With what waits for all that was sent until now. */
  FlushedCommits(Runnable flush) {
    this.flush = flush;
  }

  /** Notes how a send has ended; to be called before the flush that waits for it returns. */
  void ended(@Nullable Throwable error) {
    if (error != null) {
      failure = error;
    }
  }

  /** Waits until all that was sent is acknowledged. */
  void flush() {
    flush.run();
    check();
  }

  /** Throws where a send has failed. */
  void check() {
    Throwable cause = failure;
    if (cause != null) {
      throw new IllegalStateException("a record could not be written", cause);
    }
  }

  /** The same consumer, which flushes before it commits. */
  @SuppressWarnings("unchecked")
  Consumer<byte[], byte[]> around(Consumer<byte[], byte[]> consumer) {
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            Consumer.class.getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, arguments) -> {
              if (COMMITS.contains(method.getName())) {
                flush();
              }
              try {
                return method.invoke(consumer, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
