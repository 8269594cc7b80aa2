package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import run.algo.sdk.kafka.internal.execute.PreparedSends;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.CommitMetadataBuilder;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/**
 * Finds how far a partition may be committed: the offset of its first record that is not settled,
 * or the consumer's position when there is none. What is settled beyond it goes into the commit's
 * metadata ({@link CommitMetadata}), and is not executed again after a crash. Used by the owner
 * thread alone.
 */
final class OffsetTracker {

  private final ArrayDeque<RecordBatch> batches = new ArrayDeque<>();

  /** What an earlier owner of the partition had settled ahead of its frontier. */
  private final SettledOffsets before;

  private final CommitMetadataBuilder metadata = new CommitMetadataBuilder();

  /** Records of the first batch known to be settled. */
  private int cursor;

  private long position = -1;
  private Optional<Integer> positionEpoch = Optional.empty();
  private Optional<Integer> frontierEpoch = Optional.empty();

  /** The first offset that no transaction has taken; -1 for the frontier. */
  private long taken = -1;

  /**
   * A tracker.
   *
   * @param before what is settled already of what will be read
   */
  OffsetTracker(SettledOffsets before) {
    this.before = before;
  }

  void add(RecordBatch batch) {
    batches.add(batch);
  }

  /** The consumer has read up to, but not including, this offset. */
  void position(long next, Optional<Integer> leaderEpoch) {
    position = next;
    positionEpoch = leaderEpoch;
  }

  /** The offset up to which all is settled, or -1 while nothing is known. */
  long frontier() {
    RecordBatch first = batches.peek();
    while (first != null) {
      while (cursor < first.size() && first.isSettled(cursor)) {
        cursor++;
      }
      if (cursor > 0) {
        frontierEpoch = first.leaderEpoch();
      }
      if (cursor < first.size()) {
        return first.offset(cursor);
      }
      batches.remove();
      cursor = 0;
      first = batches.peek();
    }
    frontierEpoch = positionEpoch;
    return position;
  }

  /** What to commit, empty while nothing is known. */
  Optional<OffsetAndMetadata> commit() {
    long frontier = frontier();
    return frontier < 0
        ? Optional.empty()
        : Optional.of(new OffsetAndMetadata(frontier, frontierEpoch, ahead(frontier)));
  }

  private String ahead(long frontier) {
    if (batches.isEmpty() && before.end() <= position) {
      return "";
    }
    metadata.clear();
    int from = cursor;
    for (RecordBatch batch : batches) {
      for (int i = from; i < batch.size(); i++) {
        if (batch.isSettled(i)) {
          metadata.settled(batch.offset(i));
        } else {
          metadata.unsettled(batch.offset(i));
        }
      }
      from = 0;
    }
    long next = Math.max(position, frontier);
    if (before.end() > next) {
      before.forEachRun(next, new Carry(next));
    }
    return metadata.encode(frontier);
  }

  /** Carries over what an earlier owner had settled and this one has not read yet. */
  private final class Carry implements SettledOffsets.RunConsumer {
    private long next;

    Carry(long next) {
      this.next = next;
    }

    @Override
    public void accept(long first, long last) {
      if (first > next) {
        metadata.unsettled(next, first - 1);
      }
      metadata.settled(first, last);
      next = last + 1;
    }
  }

  /** Takes what a transaction is to write. */
  interface Taker {

    /**
     * Takes one prepared record.
     *
     * @param batch its batch
     * @param index its index there
     * @param sends what it leads to
     * @return false when it, and what follows, must be left to a later transaction
     */
    boolean take(RecordBatch batch, int index, PreparedSends sends);
  }

  /**
   * Takes the records in line that are prepared or settled, up to the first that is neither: with
   * what they lead to, the partition may be committed up to there.
   *
   * @param taker takes the prepared ones, in the order of their offsets
   * @return what to commit with them; empty while nothing is known
   */
  Optional<OffsetAndMetadata> take(Taker taker) {
    long frontier = frontier();
    if (frontier < 0) {
      return Optional.empty();
    }
    long next = Math.max(taken, frontier);
    Optional<Integer> epoch = frontierEpoch;
    for (RecordBatch batch : batches) {
      for (int i = batch.indexFrom(next); i < batch.size(); i++) {
        long offset = batch.offset(i);
        PreparedSends sends = batch.prepared(i);
        boolean goesOn = sends == null ? batch.isSettled(i) : taker.take(batch, i, sends);
        if (!goesOn) {
          taken = offset;
          return Optional.of(new OffsetAndMetadata(offset, epoch, ""));
        }
        epoch = batch.leaderEpoch();
      }
    }
    taken = Math.max(next, position);
    return Optional.of(new OffsetAndMetadata(taken, positionEpoch, ""));
  }

  /** What was taken and not settled may be taken again. */
  void untake() {
    taken = -1;
  }

  /**
   * Whether a batch that is tracked may be begun: in whatever order is settled what lies between
   * the frontier and its end, the commit's metadata can say it. What is next in line always may.
   */
  boolean hasRoom(RecordBatch batch) {
    long frontier = frontier();
    int records = -cursor;
    for (RecordBatch earlier : batches) {
      if (earlier == batch) {
        return records <= 0
            || CommitMetadata.fits(records + batch.size(), batch.lastOffset() + 1 - frontier);
      }
      records += earlier.size();
    }
    return true; // settled meanwhile, all of it skipped
  }

  /** How many records are read and not settled. */
  int unsettled() {
    int count = 0;
    for (RecordBatch batch : batches) {
      count += batch.unsettled();
    }
    return count;
  }

  /** Bytes of what is read and not settled. */
  long bytes() {
    long bytes = 0;
    for (RecordBatch batch : batches) {
      bytes += batch.bytes();
    }
    return bytes;
  }

  /** How many records have been begun and are not settled. */
  int begun() {
    int count = 0;
    for (RecordBatch batch : batches) {
      count += batch.begun();
    }
    return count;
  }

  /** Cuts the way back of all records; returns how many are released by this. */
  int abandon() {
    int released = 0;
    for (RecordBatch batch : batches) {
      released += batch.abandon();
    }
    batches.clear();
    cursor = 0;
    return released;
  }
}
