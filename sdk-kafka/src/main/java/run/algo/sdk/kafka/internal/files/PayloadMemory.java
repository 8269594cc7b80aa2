package run.algo.sdk.kafka.internal.files;

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory that payloads from storage may take together while they are kept as a whole. Records
 * that hold their own content take none of it: what was fetched is bounded elsewhere.
 *
 * <p>Who holds nothing waits until there is enough, in the order of asking. Who holds some already
 * never waits for more: two that each hold what the other needs would wait for ever. It gets more
 * even where nothing is left, so the bound is exceeded by what executions on several records take
 * after their first, each of them up to the bound itself.
 *
 * <p>Thread-safe. A lock rather than a monitor, since waiting must not hold a virtual thread's
 * carrier.
 */
public final class PayloadMemory {

  private final long budget;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Object> waiting = new ArrayDeque<>();
  private long taken;

  /**
   * Memory.
   *
   * @param budget how much there is, in bytes
   */
  public PayloadMemory(long budget) {
    this.budget = budget;
  }

  /** {@return how much there is, in bytes} */
  public long budget() {
    return budget;
  }

  /** {@return how much is taken, in bytes} */
  public long taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** {@return how many wait for some} */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Executions that one thread has begun together: none of them waits while another holds some. */
  public static final class Share {
    private long bytes; // under the lock of the memory
  }

  /**
   * What one execution takes, until it ends.
   *
   * @param share those that it was begun with
   * @return a holding of nothing yet
   */
  public Holding holding(Share share) {
    return new Holding(share);
  }

  /** What one execution holds. Thread-safe. */
  public final class Holding implements Closeable {

    private final Share share;
    private long bytes;
    private boolean closed;

    private Holding(Share share) {
      this.share = share;
    }

    /** {@return the whole memory there is, in bytes} */
    public long budget() {
      return budget;
    }

    /** {@return how much its share may yet take, in bytes, if it has to wait for it} */
    public long left() {
      lock.lock();
      try {
        return Math.max(0, budget - share.bytes);
      } finally {
        lock.unlock();
      }
    }

    /**
     * Takes memory. Waits for it where the share holds none.
     *
     * @param more bytes, at most what is {@linkplain #left left}
     * @param patience how long to wait at most
     * @return false when there was not enough in time
     * @throws InterruptedException when interrupted while it waits
     * @throws IllegalStateException when it is closed
     */
    public boolean take(long more, Duration patience) throws InterruptedException {
      Object ticket = new Object();
      lock.lockInterruptibly();
      try {
        refuseWhenClosed();
        if (share.bytes == 0) {
          long nanos = patience.toNanos();
          waiting.add(ticket);
          while (waiting.peek() != ticket || more > budget - taken) {
            if (nanos <= 0) {
              return false;
            }
            nanos = changed.awaitNanos(nanos);
            refuseWhenClosed();
          }
        }
        add(more);
        return true;
      } finally {
        waiting.remove(ticket);
        changed.signalAll();
        lock.unlock();
      }
    }

    /**
     * Gives some back. Does nothing when it is closed: then all of it was.
     *
     * @param less bytes, taken before
     */
    public void giveBack(long less) {
      lock.lock();
      try {
        if (!closed) {
          add(-less);
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    private void add(long more) {
      bytes += more;
      share.bytes += more;
      taken += more;
    }

    private void refuseWhenClosed() {
      if (closed) {
        throw new IllegalStateException(
            "the execution has ended, and with it its payloads and output files");
      }
    }

    /** Gives all of it back; nothing can be taken any more. */
    @Override
    public void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          add(-bytes);
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
