package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
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
  private volatile @Nullable Exception trouble;

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

  /** Why the latest transaction failed; null when it did not. From any thread. */
  @Nullable Exception trouble() {
    return trouble;
  }

  /**
   * Writes and commits a transaction.
   *
   * @param transaction the transaction
   * @param changed runs whenever it has come further
   */
  void run(Transaction transaction, Runnable changed) {
    thread.execute(
        () -> {
          if (write(transaction)) {
            changed.run();
            transaction.inTurn(
                () ->
                    thread.execute(
                        () -> {
                          commit(transaction);
                          changed.run();
                        }));
          } else {
            changed.run();
          }
        });
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
      transaction.send(ready);
      ready.flush();
      if (transaction.isRefused()) {
        abort(transaction, null);
        return false;
      }
      transaction.written();
      return true;
    } catch (RuntimeException e) { // also of a producer that is closed or misused: never stand still
      abort(transaction, e);
      return false;
    }
  }

  private void commit(Transaction transaction) {
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
    } catch (RuntimeException e) {
      abort(transaction, e);
      return;
    }
    try {
      commit(open);
    } catch (RuntimeException e) {
      commitFailed(transaction, e);
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
      }
    }
  }

  /** Nothing but an abort that succeeds tells that a failed commit has not been carried out. */
  private void commitFailed(Transaction transaction, RuntimeException error) {
    if (!(error instanceof TimeoutException) && tryAbort()) {
      failed(transaction, error);
      return;
    }
    discard();
    try {
      ready(); // the coordinator has ended the old one's transaction when it answers
      if (isCommitted(transaction)) {
        log.info("a commit of {} that seemed to fail has succeeded", id);
        committed(transaction);
        return;
      }
    } catch (RuntimeException e) {
      error.addSuppressed(e);
      log.warn("whether a commit of {} has succeeded cannot be told yet; asking again", id, error);
      undecided(transaction, error);
      return;
    }
    failed(transaction, error);
  }

  /** To write it again might write it twice, so its outcome must be known first. */
  private void undecided(Transaction transaction, RuntimeException error) {
    trouble = error;
    timers.after(
        LOOK_AGAIN,
        () -> thread.execute(() -> commitFailed(transaction, new TimeoutException(error))));
  }

  private boolean isCommitted(Transaction transaction) {
    Map<TopicPartition, OffsetAndMetadata> wanted = transaction.offsetsByPartition();
    Map<TopicPartition, OffsetAndMetadata> found = lookup.committed(wanted.keySet());
    return wanted.entrySet().stream()
        .allMatch(
            entry -> {
              OffsetAndMetadata offset = found.get(entry.getKey());
              return offset != null && offset.offset() >= entry.getValue().offset();
            });
  }

  private void abort(Transaction transaction, @Nullable RuntimeException error) {
    if (!tryAbort()) {
      discard();
    }
    failed(transaction, error);
  }

  private void failed(Transaction transaction, @Nullable RuntimeException error) {
    trouble = error;
    counters.aborted();
    if (error != null) {
      log.warn("a transaction of {} is aborted, and will be written again: {}", id, error.toString());
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
    } catch (RuntimeException e) {
      log.debug("the producer of {} cannot abort", id, e);
      return false;
    }
  }

  private Producer<byte[], byte[]> ready() {
    Producer<byte[], byte[]> known = producer;
    if (known != null) {
      return known;
    }
    Producer<byte[], byte[]> made = producers.get();
    try {
      made.initTransactions();
    } catch (RuntimeException e) {
      made.close(Duration.ZERO);
      throw e;
    }
    producer = made;
    return made;
  }

  private void discard() {
    Producer<byte[], byte[]> broken = producer;
    producer = null;
    if (broken != null) {
      counters.recovered();
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
