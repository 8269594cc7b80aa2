package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer of at-least-once delivery, and the one in its place when it cannot go on.
 *
 * <p>An idempotent client that meets an error which it calls fatal refuses everything from then on,
 * so that only another client helps. What it refuses halts its partition, and is tried again; a
 * send that is tried again has the client replaced, on the worker that tries it.
 *
 * <p>A key keeps its order. The old client is closed first, which fails all that it has not written
 * and returns when that is told; so every partition that misses something is halted, and begins
 * nothing more, before the new client takes its first record. What was begun before sends nothing
 * to the new client at once: each client has a number, an execution keeps that of its beginning,
 * and what it sends after a replacement is refused as the old client would have refused it. So it
 * waits with its partition behind what was to be written before it.
 *
 * <p>Thread-safe.
 */
public final class DirectProducer implements AutoCloseable {

  /** Least time between two replacements. */
  static final Duration REST = Duration.ofSeconds(10);

  /** A client that fails so soon without having written anything has not worked. */
  static final Duration TRIAL = Duration.ofMinutes(2);

  private static final Logger log = LoggerFactory.getLogger(DirectProducer.class);

  /** Null where there is but one. */
  private final @Nullable Supplier<Producer<byte[], byte[]>> producers;

  private final LongSupplier nanoTime;
  private final Runnable onReplaced;

  private final ReentrantLock replacing = new ReentrantLock();
  private volatile InUse inUse;

  /** Of the one in use. Not under the lock: the old one tells while whoever closes it waits. */
  private final AtomicReference<@Nullable Lost> lost = new AtomicReference<>();

  /** Of the one before, until the one in use has written something. */
  private volatile @Nullable Lost before;

  /** When the latest replacement was tried; null before the first. */
  private @Nullable Long tried;

  private boolean closed;

  /**
   * A client.
   *
   * @param producer the client
   * @param number how many there were before it
   * @param made when it was made, in monotonic nanoseconds
   */
  record InUse(Producer<byte[], byte[]> producer, int number, long made) {}

  /**
   * That no producer works.
   *
   * @param since since when, in monotonic nanoseconds
   * @param error type of the error; its message could tell a secret
   */
  public record Lost(long since, String error) {}

  private DirectProducer(
      Producer<byte[], byte[]> first,
      @Nullable Supplier<Producer<byte[], byte[]>> producers,
      LongSupplier nanoTime,
      Runnable onReplaced) {
    this.producers = producers;
    this.nanoTime = nanoTime;
    this.onReplaced = onReplaced;
    this.inUse = new InUse(first, 0, nanoTime.getAsLong());
  }

  /**
   * A producer that is replaced when it cannot go on.
   *
   * @param producers makes producers, the first one at once; each is closed before the next is made
   * @param nanoTime monotonic clock, in nanoseconds
   * @param onReplaced runs after each replacement
   * @return the producer
   * @throws KafkaException when the first cannot be made
   */
  public static DirectProducer of(
      Supplier<Producer<byte[], byte[]>> producers, LongSupplier nanoTime, Runnable onReplaced) {
    return new DirectProducer(producers.get(), producers, nanoTime, onReplaced);
  }

  /** A producer that is never replaced, and closed by its owner. */
  static DirectProducer only(Producer<byte[], byte[]> producer) {
    return new DirectProducer(producer, null, () -> 0, () -> {});
  }

  /** {@return since when no producer works; empty while one does, as far as is known} */
  public Optional<Lost> lost() {
    return Optional.ofNullable(lost.get());
  }

  /** The client that takes what is sent for the first time. */
  InUse inUse() {
    return inUse;
  }

  /**
   * The client that takes what is tried again: another one, where the one in use cannot go on.
   *
   * @throws KafkaException when another cannot be made
   * @throws InterruptException when the thread is interrupted meanwhile
   */
  InUse working() {
    if (lost.get() == null || producers == null) {
      return inUse;
    }
    replacing.lock();
    try {
      Lost why = lost.get();
      if (why != null && !closed && rested()) {
        replace(producers, why);
      }
      return inUse;
    } finally {
      replacing.unlock();
    }
  }

  private boolean rested() {
    Long last = tried;
    return last == null || nanoTime.getAsLong() - last >= REST.toNanos();
  }

  private void replace(Supplier<Producer<byte[], byte[]>> all, Lost why) {
    InUse old = inUse;
    try {
      old.producer().close(Duration.ZERO);
    } catch (InterruptException e) {
      throw e; // it may not have told all yet
    } catch (KafkaException e) {
      log.debug("the old producer does not close well", e);
    }
    tried = nanoTime.getAsLong();
    inUse = new InUse(all.get(), old.number() + 1, nanoTime.getAsLong());
    before = why;
    lost.set(null);
    log.info("the producer that could not go on is replaced");
    onReplaced.run();
  }

  /**
   * A client has refused a record by throwing. What is wrong with a record it tells otherwise: this
   * is about the client, unless it is an argument's fault.
   */
  void threw(InUse by, RuntimeException error) {
    if (error instanceof IllegalStateException || error.getClass() == KafkaException.class) {
      lose(by, error);
    }
  }

  /** The client in use tells that a record could not be written. */
  void told(Exception error) {
    if (error instanceof ProducerFencedException
        || error instanceof InvalidProducerEpochException) {
      lose(inUse, error);
    }
  }

  /** The client in use has written something. */
  void wrote() {
    if (before != null) {
      before = null;
    }
  }

  private void lose(InUse by, Exception error) {
    if (by.number() != inUse.number()) {
      return; // it is replaced already
    }
    Lost earlier = before;
    long now = nanoTime.getAsLong();
    long since = earlier != null && now - by.made() < TRIAL.toNanos() ? earlier.since() : now;
    if (lost.compareAndSet(null, new Lost(since, root(error).getClass().getName()))) {
      log.error(
          "the producer cannot go on, and is replaced when what it has refused is tried again",
          error);
    }
  }

  private static Throwable root(Throwable error) {
    Throwable root = error;
    for (int depth = 0; root.getCause() != null && depth < 10; depth++) {
      root = root.getCause();
    }
    return root;
  }

  /**
   * Closes the client in use, and makes no other.
   *
   * @param timeout how long it may take to write what it has
   */
  public void close(Duration timeout) {
    replacing.lock();
    try {
      closed = true;
      inUse.producer().close(timeout);
    } finally {
      replacing.unlock();
    }
  }

  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
