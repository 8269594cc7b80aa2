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

  /** Nothing from here on is committed, since it has one outcome with what lies elsewhere. */
  private long cut = Long.MAX_VALUE;

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

  /** Nothing from this offset on is committed, whatever is settled, until it is cut elsewhere. */
  void cut(long offset) {
    cut = offset;
  }

  /** What to commit, empty while nothing is known. */
  Optional<OffsetAndMetadata> commit() {
    long frontier = frontier();
    if (frontier < 0) {
      return Optional.empty();
    }
    return cut < frontier
        ? Optional.of(new OffsetAndMetadata(cut, Optional.empty(), ahead(frontier, cut)))
        : Optional.of(new OffsetAndMetadata(frontier, frontierEpoch, ahead(frontier, frontier)));
  }

  private String ahead(long frontier, long base) {
    if (batches.isEmpty() && before.end() <= position && base == frontier) {
      return "";
    }
    metadata.clear();
    if (base < frontier) {
      metadata.settled(base, frontier - 1);
    }
    int from = cursor;
    for (RecordBatch batch : batches) {
      if (metadata.full()) {
        return metadata.encode(base); // what follows has no room in any case
      }
      tell(batch, from);
      from = 0;
    }
    long next = Math.max(position, frontier);
    if (before.end() > next) {
      before.forEachRun(next, new Carry(next));
    }
    return metadata.encode(base);
  }

  private void tell(RecordBatch batch, int from) {
    if (from == 0 && batch.unsettled() == 0 && batch.isDense()) {
      metadata.settled(batch.offset(0), batch.lastOffset()); // behind a straggler these are many
      return;
    }
    if (batch.unsettled() == batch.size() && batch.isDense()) {
      metadata.unsettled(batch.offset(0), batch.lastOffset()); // of those that wait there are many
      return;
    }
    for (int i = from; i < batch.size(); i++) {
      if (batch.isSettled(i)) {
        metadata.settled(batch.offset(i));
      } else {
        metadata.unsettled(batch.offset(i));
      }
    }
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
    if (frontier() < 0) {
      return Optional.empty();
    }
    OffsetAndMetadata next = walk(taker, cut);
    taken = next.offset();
    return Optional.of(next);
  }

  /**
   * How far {@link #take} would come, were nothing cut.
   *
   * @param taker decides as the one that takes would
   * @return the offset; -1 while nothing is known
   */
  long reach(Taker taker) {
    return frontier() < 0 ? -1 : walk(taker, Long.MAX_VALUE).offset();
  }

  private OffsetAndMetadata walk(Taker taker, long limit) {
    long next = Math.max(taken, frontier());
    if (next > limit) {
      return new OffsetAndMetadata(limit, Optional.empty(), ""); // settled, and cut
    }
    Optional<Integer> epoch = frontierEpoch;
    for (RecordBatch batch : batches) {
      for (int i = batch.indexFrom(next); i < batch.size(); i++) {
        long offset = batch.offset(i);
        if (offset >= limit) {
          return new OffsetAndMetadata(offset, epoch, "");
        }
        PreparedSends sends = batch.prepared(i);
        boolean goesOn = sends == null ? batch.isSettled(i) : taker.take(batch, i, sends);
        if (!goesOn) {
          return new OffsetAndMetadata(offset, epoch, "");
        }
        epoch = batch.leaderEpoch();
      }
    }
    return new OffsetAndMetadata(Math.max(next, position), positionEpoch, "");
  }

  /** What was taken and not settled may be taken again. */
  void untake() {
    taken = -1;
  }

  /**
   * Whether a batch that is tracked may be begun: in whatever order is settled what lies between
   * the committed offset and its end, the commit's metadata can say it. What is next in line always
   * may.
   *
   * <p>What is settled stays so: there are at most two runs of offsets for each record that is not,
   * as well as at most one for each record. So a straggler does not stop its partition; the longer
   * it takes, the fewer may be in flight beside it.
   */
  boolean hasRoom(RecordBatch batch) {
    long base = Math.min(frontier(), cut);
    int records = -cursor;
    int unsettled = 0;
    for (RecordBatch earlier : batches) {
      if (earlier == batch) {
        return records <= 0
            || CommitMetadata.fits(
                Math.min(records + batch.size(), 2 * (unsettled + batch.unsettled())),
                batch.lastOffset() + 1 - base);
      }
      records += earlier.size();
      unsettled += earlier.unsettled();
    }
    return true; // settled meanwhile, all of it skipped
  }

  /** Shows what is to be worked on, in the order of offsets. */
  void visit(RecordBatch.Visitor visitor) {
    int from = cursor;
    for (RecordBatch batch : batches) {
      batch.visit(from, visitor);
      from = 0;
    }
  }

  /** The next offset to be read; -1 while nothing is known. */
  long position() {
    return position;
  }

  /** How many records are held for a later one. */
  int held() {
    int count = 0;
    for (RecordBatch batch : batches) {
      count += batch.held();
    }
    return count;
  }

  /** What was in flight when it was counted. */
  static final class Counts {
    private int postponed;
    private int unsettled;
    private long bytes;

    int postponed() {
      return postponed;
    }

    int unsettled() {
      return unsettled;
    }

    long bytes() {
      return bytes;
    }
  }

  /** Counts what is in flight, in one pass: it is done every turn, and batches may be many. */
  void count(Counts into) {
    int postponed = 0;
    int unsettled = 0;
    long bytes = 0;
    for (RecordBatch batch : batches) {
      postponed += batch.postponed(); // first: it rather is too small
      unsettled += batch.unsettled();
      bytes += batch.bytes();
    }
    into.postponed = postponed;
    into.unsettled = unsettled;
    into.bytes = bytes;
  }

  /** How many records are read and not settled. */
  int unsettled() {
    int count = 0;
    for (RecordBatch batch : batches) {
      count += batch.unsettled();
    }
    return count;
  }

  /** How many records wait for their due times. */
  int postponed() {
    int count = 0;
    for (RecordBatch batch : batches) {
      count += batch.postponed();
    }
    return count;
  }

  /** How many places of the {@link WaitingRoom} the batches take. */
  int places() {
    int places = 0;
    for (RecordBatch batch : batches) {
      int unsettled = batch.unsettled();
      places +=
          WaitingRoom.PLACES_A_BATCH
              + unsettled
              + (batch.size() - unsettled) / WaitingRoom.EXECUTED_A_PLACE;
    }
    return places;
  }

  /** How many records are prepared, or being written. */
  int prepared() {
    int count = 0;
    for (RecordBatch batch : batches) {
      count += batch.prepared();
    }
    return count;
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
