package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.execute.PreparedSends;
import run.algo.sdk.kafka.internal.execute.WriteFaults;

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

  private static final Logger log = LoggerFactory.getLogger(Transaction.class);

  private static final String MARK = "parked ";

  private final ConsumerGroupMetadata group;
  private final Admission admission;

  private final List<RecordBatch> batches = new ArrayList<>();
  private int[] indexes = new int[64];
  private final List<PreparedSends> sends = new ArrayList<>();
  private final Map<PartitionFlow, OffsetAndMetadata> offsets = new HashMap<>();

  /** How many records it has taken of which partition. */
  private final Map<PartitionFlow, Integer> writing = new HashMap<>();

  private final WriteFaults faults = new WriteFaults(this::giveUp);

  /** Null when there is none; let go of at the end, lest all that ever were hang together. */
  private volatile @Nullable Transaction before;

  private volatile @Nullable Producer<byte[], byte[]> writer;
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
    /** Aborted, since the one before it was: there is nothing wrong with this one. */
    DRAGGED,
    /** Aborted for any other reason: the same may be tried again. */
    FAILED
  }

  /**
   * A transaction.
   *
   * @param group who commits
   * @param before the one that it follows on, null when nothing is under way
   * @param admission which records it takes
   */
  Transaction(ConsumerGroupMetadata group, @Nullable Transaction before, Admission admission) {
    this.group = group;
    this.before = before;
    this.admission = admission;
  }

  /**
   * A commit that moves no offset. Its metadata is its own, so that it can be told from the commit
   * before it when the answer to it is lost.
   */
  static OffsetAndMetadata marked(long offset) {
    return new OffsetAndMetadata(offset, MARK + UUID.randomUUID());
  }

  /** Whether a commit moves no offset. */
  static boolean isMarked(OffsetAndMetadata commit) {
    return commit.metadata().startsWith(MARK);
  }

  // For the owner thread

  @Override
  public boolean take(RecordBatch batch, int index, PreparedSends prepared) {
    if (!admission.take(batch, index, prepared)) {
      return false;
    }
    batches.add(batch);
    if (sends.size() == indexes.length) {
      indexes = Arrays.copyOf(indexes, 2 * indexes.length);
    }
    indexes[sends.size()] = index;
    sends.add(prepared);
    return true;
  }

  /** Takes what it can of a partition. */
  void take(PartitionFlow flow) {
    int before = sends.size();
    flow.take(this).ifPresent(offset -> offsets.put(flow, offset));
    int taken = sends.size() - before;
    if (taken > 0) {
      flow.writing(taken);
      writing.put(flow, taken);
    }
  }

  /** Takes what it can of what is parked of a partition; after {@link #take} of all. */
  void takeParked(PartitionFlow flow) {
    admission.parked();
    int before = sends.size();
    flow.takeParked(this)
        .ifPresent(
            offset ->
                offsets.merge(
                    flow, offset, (moved, same) -> moved)); // one that moves tells as much
    int taken = sends.size() - before;
    if (taken > 0) {
      flow.writing(taken);
      writing.merge(flow, taken, Integer::sum);
    }
  }

  /** What it has taken is settled, or waits for another transaction. */
  void release() {
    writing.forEach((flow, taken) -> flow.writing(-taken));
  }

  boolean isEmpty() {
    return offsets.isEmpty();
  }

  /** How many records it has taken that lead to something. */
  int records() {
    return sends.size();
  }

  /** Bytes of what they lead to. */
  long bytes() {
    return admission.bytes();
  }

  Map<PartitionFlow, OffsetAndMetadata> offsets() {
    return offsets;
  }

  // For its lane

  /**
   * Hands all records to the producer, and waits until all are written or the first has failed.
   * When that breaks the order of what the client has sent, the producer is closed by it.
   */
  void write(Producer<byte[], byte[]> producer) {
    writer = producer;
    sendAll(producer);
    producer.flush();
  }

  /** On the client's thread, amid its callbacks; whoever waits for it waits no longer. */
  private void giveUp() {
    Producer<byte[], byte[]> broken = writer;
    if (broken != null) {
      broken.close(Duration.ZERO);
    }
  }

  private void sendAll(Producer<byte[], byte[]> producer) {
    for (PreparedSends prepared : sends) {
      prepared.send(producer, faults);
    }
  }

  /** What went wrong with any of its records. */
  Optional<Exception> fault() {
    return faults.first();
  }

  /** Whether the producer cannot be used further, and its transaction is open. */
  boolean brokeProducer() {
    return faults.amiss();
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
    faults.end();
    for (int i = 0; i < sends.size(); i++) {
      try {
        sends.get(i).committed();
      } catch (RuntimeException | Error e) { // the others are committed all the same
        log.error("a defect: {} is committed and not settled", position(i), e);
      }
    }
    end(State.COMMITTED);
  }

  /** It is aborted: what was refused goes its own way, the rest may be taken again. */
  void aborted() {
    boolean dragged = !mayCommit();
    boolean refused = faults.anyRefused();
    faults.end();
    for (int i = 0; refused && i < sends.size(); i++) {
      PreparedSends prepared = sends.get(i);
      if (prepared.isRefused()) {
        batches.get(i).unprepare(indexes[i]);
        try {
          prepared.abortedByRefusal();
        } catch (RuntimeException | Error e) { // it stands until its partition moves on
          log.error("a defect: {} is refused and has no outcome", position(i), e);
        }
      }
    }
    end(refused ? State.REFUSED : dragged ? State.DRAGGED : State.FAILED);
  }

  private String position(int i) {
    return "a record of a transaction, " + batches.get(i).offset(indexes[i]);
  }

  private void end(State how) {
    Runnable next;
    synchronized (this) {
      state = how;
      before = null;
      writer = null;
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

  /** Whether the one before it, if any, has not ended otherwise than by its commit. */
  boolean mayCommit() {
    Transaction first = before;
    return first == null || !first.ended() || first.state() == State.COMMITTED;
  }
}
