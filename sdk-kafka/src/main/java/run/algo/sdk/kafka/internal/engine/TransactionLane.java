package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.TransactionCounters;

/**
 * One transactional producer, and the transactions that it writes, one after the other, on a thread
 * of its own, since each step waits for the brokers.
 *
 * <p>What goes wrong ends the transaction, never the lane. Where a producer can abort, it is used
 * further; where it cannot (it was fenced, its id has expired, the coordinator has aborted the
 * transaction in its place) it is closed, and the next transaction makes another, whose
 * initialization makes the coordinator end whatever the old one has left behind.
 */
final class TransactionLane {

  private static final Logger log = LoggerFactory.getLogger(TransactionLane.class);

  /** So often an unanswered commit is asked for again before its outcome is looked up. */
  private static final int COMMIT_ATTEMPTS = 5;

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final String id;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final CommittedLookup lookup;
  private final Executor thread;
  private final Timers timers;
  private final TransactionCounters counters;

  private @Nullable Producer<byte[], byte[]> producer;
  private boolean initialized;
  private volatile @Nullable Throwable trouble;

  /** Reads what is committed, when all pending transactions have ended. */
  interface CommittedLookup {

    /**
     * The committed offsets.
     *
     * @param partitions the partitions
     * @return by partition; none where nothing is committed
     * @throws KafkaException when they cannot be read
     */
    Map<TopicPartition, OffsetAndMetadata> committed(Iterable<TopicPartition> partitions);
  }

  /**
   * A lane.
   *
   * @param id its {@code transactional.id}
   * @param producers makes producers with that ID
   * @param lookup reads what is committed
   * @param thread runs its steps, one at a time
   * @param timers tell when to look again
   * @param counters counts what becomes of transactions
   */
  TransactionLane(
      String id,
      Supplier<Producer<byte[], byte[]>> producers,
      CommittedLookup lookup,
      Executor thread,
      Timers timers,
      TransactionCounters counters) {
    this.id = id;
    this.producers = producers;
    this.lookup = lookup;
    this.thread = thread;
    this.timers = timers;
    this.counters = counters;
  }

  /** Why the latest transaction failed that did; null once one is committed. From any thread. */
  @Nullable Throwable trouble() {
    return trouble;
  }

  /**
   * Makes the producer, whose configuration is checked by that, and has it initialized, which ends
   * what an earlier process of the same name has left behind.
   *
   * @throws KafkaException when the configuration is wrong
   */
  void open() {
    producer = producers.get();
    thread.execute(this::makeReady);
  }

  /** What an earlier producer of the ID has left open ends by that. */
  private void makeReady() {
    try {
      ready();
    } catch (RuntimeException e) {
      log.warn("{} is not ready yet, and will be made again: {}", id, e.toString());
      trouble = e;
      discard();
    }
  }

  /**
   * Writes and commits a transaction.
   *
   * @param transaction the transaction
   * @param changed runs whenever it has come further
   */
  void run(Transaction transaction, Runnable changed) {
    step(
        transaction,
        changed,
        () -> {
          if (write(transaction)) {
            changed.run();
            transaction.inTurn(
                () -> step(transaction, changed, () -> commit(transaction, changed)));
          }
        });
  }

  /** Whatever is thrown, the transaction comes to an end, or is looked at again. */
  private void step(Transaction transaction, Runnable changed, Runnable what) {
    Runnable guarded =
        () -> {
          try {
            what.run();
          } catch (Throwable e) { // the lane must go on
            log.error("a defect in {}", this, e);
            if (!transaction.ended()) {
              undecided(transaction, changed, e);
            }
          } finally {
            changed.run();
          }
        };
    try {
      thread.execute(guarded);
    } catch (RejectedExecutionException closed) {
      log.debug("{} is closed", this); // and what it has open will be aborted
    }
  }

  /** Closes the producer; on the lane's thread, or after its end. */
  void close(Duration timeout) {
    Producer<byte[], byte[]> last = producer;
    producer = null;
    if (last != null) {
      last.close(timeout);
    }
  }

  private boolean write(Transaction transaction) {
    try {
      Producer<byte[], byte[]> ready = ready();
      ready.beginTransaction();
      transaction.write(ready);
    } catch (RuntimeException | Error e) { // of whatever kind: never stand still
      abort(transaction, transaction.fault().<Throwable>map(fault -> fault).orElse(e));
      return false;
    }
    Optional<Exception> fault = transaction.fault();
    if (fault.isPresent()) {
      abort(transaction, fault.get());
      return false;
    }
    transaction.written();
    return true;
  }

  private void commit(Transaction transaction, Runnable changed) {
    if (!transaction.mayCommit()) {
      abort(transaction, null);
      return;
    }
    Producer<byte[], byte[]> open = producer;
    try {
      if (open == null) {
        throw new IllegalStateException("the producer is closed");
      }
      open.sendOffsetsToTransaction(transaction.offsetsByPartition(), transaction.group());
    } catch (RuntimeException | Error e) {
      abort(transaction, e);
      return;
    }
    try {
      commit(open);
    } catch (RuntimeException | Error e) {
      commitFailed(transaction, changed, e);
      return;
    }
    committed(transaction);
  }

  private void committed(Transaction transaction) {
    trouble = null;
    counters.committed();
    transaction.committed();
  }

  /** A commit whose answer does not come may be asked for again. */
  private static void commit(Producer<byte[], byte[]> open) {
    for (int attempt = 1; ; attempt++) {
      try {
        open.commitTransaction();
        return;
      } catch (TimeoutException e) {
        if (attempt == COMMIT_ATTEMPTS) {
          throw e;
        }
      } catch (KafkaException | IllegalStateException e) {
        // One whose answer was not heard may have been carried out.
        throw attempt == 1 ? e : new TimeoutException(e);
      }
    }
  }

  /** Nothing but an abort that succeeds tells that a failed commit has not been carried out. */
  private void commitFailed(Transaction transaction, Runnable changed, Throwable error) {
    if (!(error instanceof TimeoutException) && producer != null && tryAbort()) {
      failed(transaction, error);
    } else {
      decide(transaction, changed, error);
    }
  }

  /** The coordinator has ended the old producer's transaction when it initializes a new one. */
  private void decide(Transaction transaction, Runnable changed, Throwable error) {
    discard();
    boolean committed;
    try {
      ready();
      committed = isCommitted(transaction);
    } catch (RuntimeException e) {
      log.warn(
          "whether a commit of {}, which has failed ({}), was carried out cannot be told yet ({});"
              + " asking again",
          id,
          error.toString(),
          e.toString());
      undecided(transaction, changed, error);
      return;
    }
    if (committed) {
      log.info("a commit of {} that seemed to fail ({}) has succeeded", id, error.toString());
      committed(transaction);
    } else {
      failed(transaction, error);
    }
  }

  /** To write it again might write it twice, so its outcome must be known first. */
  private void undecided(Transaction transaction, Runnable changed, Throwable error) {
    trouble = error;
    timers.after(
        LOOK_AGAIN, () -> step(transaction, changed, () -> decide(transaction, changed, error)));
  }

  private boolean isCommitted(Transaction transaction) {
    Map<TopicPartition, OffsetAndMetadata> wanted = transaction.offsetsByPartition();
    Map<TopicPartition, OffsetAndMetadata> found = lookup.committed(wanted.keySet());
    Map<TopicPartition, OffsetAndMetadata> moving = new HashMap<>(wanted);
    moving.values().removeIf(Transaction::isMarked);
    if (moving.isEmpty()) {
      // What others have committed since tells nothing; then it is not ours any more.
      return wanted.entrySet().stream()
          .anyMatch(entry -> entry.getValue().equals(found.get(entry.getKey())));
    }
    return moving.entrySet().stream()
        .allMatch(
            entry -> {
              OffsetAndMetadata offset = found.get(entry.getKey());
              return offset != null && offset.offset() >= entry.getValue().offset();
            });
  }

  private void abort(Transaction transaction, @Nullable Throwable error) {
    if (transaction.brokeProducer()) {
      discard();
      failed(transaction, error);
      if (!isFenced(error)) {
        makeReady(); // at once, since readers wait for the end of what the old one has left open
      }
      return;
    }
    if (!tryAbort()) {
      discard();
    }
    failed(transaction, error);
  }

  /** Then what was open has ended, and whoever did that would be fenced in turn by our haste. */
  private static boolean isFenced(@Nullable Throwable error) {
    return error instanceof ProducerFencedException
        || error instanceof InvalidProducerEpochException;
  }

  private void failed(Transaction transaction, @Nullable Throwable error) {
    counters.aborted();
    if (error instanceof CommitFailedException) {
      log.info("a transaction of {} is aborted, since the group has moved on", id);
    } else if (error != null) {
      if (isFenced(error)) {
        log.warn(
            "{} is fenced; when that comes again and again, another process has its INSTANCE_NAME",
            id);
      }
      trouble = error;
      log.warn(
          "a transaction of {} is aborted, and will be written again: {}", id, error.toString());
    }
    transaction.aborted();
  }

  private boolean tryAbort() {
    Producer<byte[], byte[]> open = producer;
    if (open == null) {
      return true; // it never began
    }
    try {
      open.abortTransaction();
      return true;
    } catch (RuntimeException | Error e) {
      log.debug("the producer of {} cannot abort", id, e);
      return false;
    }
  }

  private Producer<byte[], byte[]> ready() {
    Producer<byte[], byte[]> known = producer;
    if (known == null) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptException("the runner closes");
      }
      known = producers.get();
      producer = known;
    }
    if (!initialized) {
      known.initTransactions();
      initialized = true;
    }
    return known;
  }

  private void discard() {
    Producer<byte[], byte[]> broken = producer;
    producer = null;
    boolean wasInUse = initialized;
    initialized = false;
    if (broken != null) {
      if (wasInUse) {
        counters.replaced();
      }
      try {
        broken.close(Duration.ZERO);
      } catch (RuntimeException e) {
        log.debug("the old producer of {} does not close", id, e);
      }
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
