package run.algo.sdk.storage;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.Abortable;

/**
 * Aborts requests that take too long, as of a storage that answers a byte at a time. The AWS SDK
 * could limit a call as well; it plans a task for each, cancels it, and interrupts the caller. Here
 * one thread looks at all that are under way, several times a second, and there is none while there
 * are none. Thread-safe.
 */
final class RequestLimits {

  /** A call runs on its caller's thread, and makes its requests there. */
  private static final ThreadLocal<Call> CURRENT = new ThreadLocal<>();

  private static final Duration LOOK = Duration.ofMillis(250);

  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean watching = new AtomicBoolean();

  /** A call of the client, by the thread that makes its HTTP request. */
  private static final class Call {
    private final Deadline end;
    private @Nullable Abortable request;
    private boolean late;
    private boolean over;

    Call(Duration limit) {
      end = Deadline.after(limit);
    }

    synchronized void makes(Abortable made) {
      request = made;
      if (late) {
        made.abort();
      }
    }

    synchronized void look() {
      if (!late && !over && end.left().isZero()) {
        late = true;
        if (request != null) {
          request.abort();
        }
      }
    }

    /** What it has returned, as a stream of content, is not aborted any more. */
    synchronized void over() {
      over = true;
    }
  }

  /**
   * Makes a call.
   *
   * @param limit when its request is aborted
   * @param call the call; throws as for any connection that breaks when it is aborted
   * @return what the call returns
   */
  <T> T within(Duration limit, Supplier<T> call) {
    Call made = new Call(limit);
    underWay.add(made);
    watch();
    CURRENT.set(made);
    try {
      return call.get();
    } finally {
      CURRENT.remove();
      underWay.remove(made);
      made.over();
    }
  }

  /** The calling thread's call makes a request. */
  void makes(Abortable request) {
    Call call = CURRENT.get();
    if (call != null) {
      call.makes(request);
    }
  }

  /** There is a thread as long as there are calls. */
  private void watch() {
    if (!watching.get() && watching.compareAndSet(false, true)) {
      Thread thread = new Thread(this::lookWhileAnyIsUnderWay, "algo-storage-limits");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void lookWhileAnyIsUnderWay() {
    do {
      do {
        pause();
        underWay.forEach(Call::look);
      } while (!underWay.isEmpty());
      watching.set(false);
      // Whoever came before that has seen a watch, and starts none.
    } while (!underWay.isEmpty() && watching.compareAndSet(false, true));
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    } catch (InterruptedException e) {
      // nobody has a reason to: it looks now, and goes on
    }
  }
}
