package run.algo.sdk.kafka.internal.engine;

import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one class that knows of virtual threads: this code is compiled for Java 17 and finds them at
 * run time on 21 and newer.
 */
public final class WorkerKind {

  private WorkerKind() {}

  /** {@return whether this Java has virtual threads} */
  public static boolean virtualAvailable() {
    return Runtime.version().feature() >= 21 && virtualFactory("probe-").isPresent();
  }

  /**
   * Platform threads. They are daemons: a runner that closes ends them itself, and one that an
   * author forgot to close must not keep the process.
   *
   * @param prefix begins the threads' names
   * @return a factory
   */
  public static ThreadFactory platform(String prefix) {
    AtomicInteger next = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + next.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Virtual threads.
   *
   * @param prefix begins the threads' names
   * @return a factory, empty on a Java without them
   */
  public static Optional<ThreadFactory> virtualFactory(String prefix) {
    try {
      // Thread.ofVirtual().name(prefix, 0).factory()
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Object named = type.getMethod("name", String.class, long.class).invoke(builder, prefix, 0L);
      @Nullable Object factory = type.getMethod("factory").invoke(named);
      return factory instanceof ThreadFactory threads ? Optional.of(threads) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }
}
