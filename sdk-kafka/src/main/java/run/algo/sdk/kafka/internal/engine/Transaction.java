package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.PreparedSends;

/**
 * What is written in one transaction: what records lead to, and how far their partitions are
 * committed with it. Put together by the owner thread, then written by its {@link TransactionLane};
 * how it stands may be read from any thread.
 *
 * <p>A transaction follows on the one that was put together before it: it begins to write when that
 * one has written all, so that the order of outputs is kept, and it commits when that one has
 * committed, so that offsets have no gaps.
 */
final class Transaction implements OffsetTracker.Taker {

  /** So many records, or bytes of outputs, are written well within the transaction's timeout. */
  private static final int MOST_RECORDS = 20_000;

  private static final long MOST_BYTES = 64L << 20;

  private final ConsumerGroupMetadata group;
  private final @Nullable Transaction before;
  private final boolean alone;

  private final List<RecordBatch> batches = new ArrayList<>();
  private final List<Integer> indexes = new ArrayList<>();
  private final List<PreparedSends> sends = new ArrayList<>();
  private final Map<PartitionFlow, OffsetAndMetadata> offsets = new HashMap<>();
  private long bytes;
  private boolean leftSuspects;

  private volatile State state = State.WRITING;
  private @Nullable Runnable onEnd;

  /** How a transaction stands. */
  enum State {
    WRITING,
    /** All is written, not committed. */
    WRITTEN,
    COMMITTED,
    /** Aborted, since the cluster refuses something that is in it. */
    REFUSED,
    /** Aborted for any other reason: the same may be tried again. */
    FAILED
  }

  /**
   * A transaction.
   *
   * @param group who commits
   * @param before the one that it follows on, null when nothing is under way
   * @param alone whether it is for a single record that was refused before
   */
  Transaction(ConsumerGroupMetadata group, @Nullable Transaction before, boolean alone) {
    this.group = group;
    this.before = before;
    this.alone = alone;
  }

  // For the owner thread

  @Override
  public boolean take(RecordBatch batch, int index, PreparedSends prepared) {
    if (alone ? !sends.isEmpty() || !prepared.suspect() : prepared.suspect()) {
      leftSuspects |= prepared.suspect();
      return false;
    }
    if (sends.size() >= MOST_RECORDS || bytes >= MOST_BYTES) {
      return false;
    }
    batches.add(batch);
    indexes.add(index);
    sends.add(prepared);
    bytes += prepared.bytes();
    return true;
  }

  void commits(PartitionFlow flow, OffsetAndMetadata offset) {
    offsets.put(flow, offset);
  }

  boolean isEmpty() {
    return offsets.isEmpty();
  }

  /** Whether it met a record that had better be alone. */
  boolean leftSuspects() {
    return leftSuspects;
  }

  Map<PartitionFlow, OffsetAndMetadata> offsets() {
    return offsets;
  }

  // For its lane

  /** Hands all records to the producer. */
  void send(Producer<byte[], byte[]> producer) {
    for (PreparedSends prepared : sends) {
      prepared.send(producer);
    }
  }

  boolean isRefused() {
    for (PreparedSends prepared : sends) {
      if (prepared.isRefused()) {
        return true;
      }
    }
    return false;
  }

  ConsumerGroupMetadata group() {
    return group;
  }

  Map<TopicPartition, OffsetAndMetadata> offsetsByPartition() {
    Map<TopicPartition, OffsetAndMetadata> result = new HashMap<>();
    offsets.forEach((flow, offset) -> result.put(flow.partition(), offset));
    return result;
  }

  /** All is written. */
  void written() {
    state = State.WRITTEN;
  }

  /** It is committed: the outcomes of its records are durable. */
  void committed() {
    sends.forEach(PreparedSends::committed);
    end(State.COMMITTED);
  }

  /** It is aborted: what was refused goes its own way, the rest may be taken again. */
  void aborted() {
    boolean refused = false;
    for (int i = 0; i < sends.size(); i++) {
      if (sends.get(i).isRefused()) {
        refused = true;
        batches.get(i).unprepare(indexes.get(i));
        sends.get(i).abortedByRefusal();
      }
    }
    end(refused ? State.REFUSED : State.FAILED);
  }

  private void end(State how) {
    Runnable next;
    synchronized (this) {
      state = how;
      next = onEnd;
      onEnd = null;
    }
    if (next != null) {
      next.run();
    }
  }

  State state() {
    return state;
  }

  boolean ended() {
    State now = state;
    return now != State.WRITING && now != State.WRITTEN;
  }

  /**
   * Waits for its turn to commit.
   *
   * @param step runs when the transaction before it has ended; perhaps at once
   */
  void inTurn(Runnable step) {
    Transaction first = before;
    if (first != null) {
      synchronized (first) {
        if (!first.ended()) {
          first.onEnd = step;
          return;
        }
      }
    }
    step.run();
  }

  /** Whether the one before it, if any, has been committed. */
  boolean mayCommit() {
    return before == null || before.state() == State.COMMITTED;
  }
}
