package run.algo.sdk.kafka.internal.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.execute.PreparedSends;
import run.algo.sdk.kafka.internal.execute.Settlement;
import run.algo.sdk.kafka.internal.execute.UnderWay;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;

/**
 * The records that one poll brought for one partition, and how each stands: waiting, begun,
 * prepared for a transaction, or settled.
 *
 * <p>Records are settled in any order and from any thread: a mark each, written with release
 * semantics, and one atomic for the batch that holds the number of unsettled records and their
 * bytes. The owner thread reads the marks to move the frontier; nothing is locked and nothing is
 * allocated per record. A mark is visible before the count that includes it, so a count of zero
 * means that all marks are. A settled record is let go of at once, so that one slow record does not
 * keep the values of its neighbours in memory.
 *
 * <p>When its partition is taken away the batch is {@linkplain #abandon abandoned}: what has not
 * been settled by then is released, and a completion that comes later touches nothing.
 *
 * <p>Long, since all that is known of a record is an element of arrays here, and no object.
 */
final class RecordBatch implements Settlement {

  /** Most records of a batch, so that their number fits beside their bytes. */
  static final int MAX_SIZE = (1 << 20) - 1;

  private static final int COUNT_BITS = 20;

  private static final byte WAITING = 0;
  private static final byte BEGUN = 1;
  private static final byte SETTLED = 2;

  /** All it leads to is known, and a transaction has to write it. */
  private static final byte PREPARED = 3;

  /** It is not executed by itself, but together with a later one of its trace. */
  private static final byte HELD = 4;

  /** It was executed, and will be again, in its place; until then it waits for a time. */
  private static final byte DELAYED = 5;

  /** It waits for its due time, in memory. */
  private static final byte POSTPONED = 6;

  /** As before, and its value was let go of. */
  private static final byte UNLOADED = 7;

  private static final VarHandle MARKS = MethodHandles.arrayElementVarHandle(byte[].class);
  private static final VarHandle NEXT = MethodHandles.arrayElementVarHandle(RecordBatch[].class);
  private static final VarHandle LOAD;
  private static final VarHandle POSTPONEMENTS;

  static {
    try {
      LOAD = MethodHandles.lookup().findVarHandle(RecordBatch.class, "load", long.class);
      POSTPONEMENTS =
          MethodHandles.lookup().findVarHandle(RecordBatch.class, "postponements", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Far enough below zero that late completions cannot climb out of it. */
  private static final long ABANDONED = Long.MIN_VALUE / 2;

  private final Flow flow;
  private final @Nullable ConsumerRecord<byte[], byte[]>[] records;
  private final byte[] marks;

  /** What {@link KnownHeaders} says of each record. */
  private final byte[] headers;

  /** Each record's trace ID. A worker has it at hand so, and need not look for it. */
  private final @Nullable Header[] traceIds;

  /** Bytes of each record's value, and of key and value: who settles it need not look at it. */
  private final int[] valueBytes;

  private final int[] bytes;

  private final long firstOffset;

  /** Offsets from the first one on; null while they have no holes. */
  private final long @Nullable [] offsets;

  private final Optional<Integer> leaderEpoch;
  private final long read;

  /** The next record of the same order scope, perhaps of a later batch; null until asked for. */
  private @Nullable RecordBatch @Nullable [] nextBatch;

  private int @Nullable [] nextIndex;

  /** Of those that are executed again in their place; null where there are none. */
  private volatile @Nullable Again @Nullable [] agains;

  /** What the records that trigger others are executed with; null where there is none. */
  private @Nullable Gather @Nullable [] gathers;

  /** What the records that trigger wait for; null when there is none. Owner thread only. */
  private @Nullable Barrier barrier;

  /** The executions of records that were begun, for whoever watches them. */
  private final @Nullable UnderWay[] underWay;

  /** What the prepared records lead to; null where no transactions are made. */
  private @Nullable PreparedSends @Nullable [] prepared;

  /** Bytes of what is unsettled, and below {@link #COUNT_BITS} its number. */
  @SuppressWarnings("FieldMayBeFinal") // by LOAD
  private volatile long load;

  /** How many wait for their due times; their bytes are not in the load. */
  @SuppressWarnings("FieldMayBeFinal") // by POSTPONEMENTS
  private volatile int postponements;

  /**
   * A record that is executed again.
   *
   * @param tries what has been tried
   * @param delay how long it waits before
   */
  private record Again(Tries tries, Duration delay) {}

  /**
   * A batch.
   *
   * @param flow its partition
   * @param polled the records, in the order of their offsets; 1 at least, {@link #MAX_SIZE} at most
   * @param read when they were read, in monotonic nanoseconds
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  RecordBatch(Flow flow, List<ConsumerRecord<byte[], byte[]>> polled, long read) {
    this.flow = flow;
    this.records = polled.toArray(new ConsumerRecord[0]);
    this.marks = new byte[records.length];
    this.headers = new byte[records.length];
    this.valueBytes = new int[records.length];
    this.bytes = new int[records.length];
    this.traceIds = new Header[records.length];
    this.underWay = new UnderWay[records.length];
    this.read = read;
    ConsumerRecord<byte[], byte[]> first = polled.get(0);
    ConsumerRecord<byte[], byte[]> last = polled.get(polled.size() - 1);
    this.firstOffset = first.offset();
    this.offsets = last.offset() - first.offset() == marks.length - 1 ? null : offsets(polled);
    // Epochs only grow, so equal ends mean that all are equal; else the frontier has none.
    this.leaderEpoch =
        first.leaderEpoch().equals(last.leaderEpoch()) ? first.leaderEpoch() : Optional.empty();
    long sum = 0;
    for (int i = 0; i < marks.length; i++) {
      ConsumerRecord<byte[], byte[]> record = records[i];
      valueBytes[i] = length(record.value());
      bytes[i] = length(record.key()) + valueBytes[i];
      sum += bytes[i];
      int known = KnownHeaders.of(record.headers());
      headers[i] = (byte) known;
      if ((known & KnownHeaders.TRACE_ID) != 0) {
        traceIds[i] = KnownHeaders.traceId(record.headers());
      }
    }
    this.load = (sum << COUNT_BITS) + marks.length;
  }

  int size() {
    return marks.length;
  }

  Flow flow() {
    return flow;
  }

  /** The flow of records that were read from the partition; those of parked ones have another. */
  PartitionFlow partitionFlow() {
    if (flow instanceof PartitionFlow own) {
      return own;
    }
    throw new IllegalStateException("parked records of " + flow + " are neither held nor cut");
  }

  /** What was tried with a record before it was read; before the batch is handed to anybody. */
  void triedBefore(int index, Tries tries) {
    Again[] all = new Again[marks.length];
    all[index] = new Again(tries, Duration.ZERO);
    agains = all;
  }

  /** A record that is not settled. */
  ConsumerRecord<byte[], byte[]> record(int index) {
    ConsumerRecord<byte[], byte[]> record = records[index];
    if (record == null) {
      throw new IllegalStateException("record " + offset(index) + " of " + flow + " is settled");
    }
    return record;
  }

  /** A record, unless it is settled, or waits outside of the memory. */
  @Nullable ConsumerRecord<byte[], byte[]> ifHere(int index) {
    return records[index];
  }

  long offset(int index) {
    long[] listed = offsets;
    return listed == null ? firstOffset + index : listed[index];
  }

  long lastOffset() {
    return offset(marks.length - 1);
  }

  /** The leader epoch of all the records, empty where they differ or have none. */
  Optional<Integer> leaderEpoch() {
    return leaderEpoch;
  }

  /** How many are not settled. From any thread. */
  int unsettled() {
    long now = load;
    return now < 0 ? 0 : (int) (now & MAX_SIZE);
  }

  /** Bytes of values, keys and encoded emissions that are not settled. From any thread. */
  long bytes() {
    return Math.max(0, load) >> COUNT_BITS;
  }

  /** Makes room for what transactions write; before the batch is handed to anybody. */
  void preparable() {
    prepared = new PreparedSends[marks.length];
  }

  /** The first index with at least this offset; the size when there is none. */
  int indexFrom(long offset) {
    if (offset <= firstOffset) {
      return 0;
    }
    long[] listed = offsets;
    if (listed == null) {
      return (int) Math.min(marks.length, offset - firstOffset);
    }
    int found = Arrays.binarySearch(listed, offset);
    return found >= 0 ? found : -found - 1;
  }

  /** What a record leads to, null unless it is prepared. */
  @Nullable PreparedSends prepared(int index) {
    PreparedSends[] all = prepared;
    return all != null && (byte) MARKS.getAcquire(marks, index) == PREPARED ? all[index] : null;
  }

  /** A prepared record is not any more: what it leads to has been refused. */
  void unprepare(int index) {
    if (MARKS.compareAndSet(marks, index, PREPARED, BEGUN)) {
      flow.begunAgain();
    }
  }

  boolean isSettled(int index) {
    return (byte) MARKS.getAcquire(marks, index) == SETTLED;
  }

  /** Whether there are no offsets without a record between the first and the last. */
  boolean isDense() {
    return offsets == null;
  }

  /** Whether the record waits to be executed by itself, or with others that it triggers. */
  boolean isWaiting(int index) {
    return (byte) MARKS.getVolatile(marks, index) == WAITING;
  }

  /** How many have been begun and are not settled. */
  int begun() {
    return count(BEGUN);
  }

  /** How many are prepared. */
  int prepared() {
    return count(PREPARED);
  }

  private int count(byte mark) {
    if (unsettled() == postponements) {
      return 0; // many wait, for long, and whoever counts does it often
    }
    int count = 0;
    for (int i = 0; i < marks.length; i++) {
      if ((byte) MARKS.getVolatile(marks, i) == mark) {
        count++;
      }
    }
    return count;
  }

  /** Is shown the records that are not settled and could be worked on, in the order of offsets. */
  interface Visitor {

    /**
     * A record.
     *
     * @param begun whether it was begun, else it waits to be
     * @param execution how it stands; null while it waits, or has only just been begun
     */
    void visit(RecordBatch batch, int index, boolean begun, @Nullable UnderWay execution);

    /** A record waits for a time, and what is of its order behind it. */
    default void delayed() {}
  }

  /**
   * Shows what is to be worked on. What is held, prepared or waits for a time is not.
   *
   * @param from the first index
   */
  void visit(int from, Visitor visitor) {
    if (unsettled() == postponements) {
      return; // many wait, for long
    }
    for (int i = from; i < marks.length; i++) {
      byte mark = (byte) MARKS.getVolatile(marks, i);
      if (mark == WAITING || mark == BEGUN) {
        visitor.visit(this, i, mark == BEGUN, mark == BEGUN ? underWay[i] : null);
      } else if (mark == DELAYED) {
        visitor.delayed();
      }
    }
  }

  /** The time of a record, in milliseconds since the epoch; -1 when it is settled by now. */
  long timestamp(int index) {
    ConsumerRecord<byte[], byte[]> record = records[index];
    return record == null ? -1 : record.timestamp();
  }

  /** When the records were read, in monotonic nanoseconds. */
  long read() {
    return read;
  }

  /** A worker is about to execute the record. */
  void begin(int index) {
    MARKS.setVolatile(marks, index, BEGUN);
  }

  /** The record is not executed by itself; before the batch is handed to anybody. */
  void hold(int index) {
    MARKS.setVolatile(marks, index, HELD);
  }

  /** A record that was held is executed now, with others. */
  void goOn(int index) {
    MARKS.compareAndSet(marks, index, HELD, BEGUN);
  }

  /**
   * What it leads to cannot be written any more, as a part of it is gone: it is held again.
   *
   * @return whether it was prepared
   */
  boolean retract(int index) {
    PreparedSends[] all = prepared;
    boolean was = all != null && MARKS.compareAndSet(marks, index, PREPARED, HELD);
    if (was) {
      Objects.requireNonNull(all)[index] = null;
    }
    return was;
  }

  /** The execution that it belongs to stands. */
  void rest(int index) {
    MARKS.compareAndSet(marks, index, BEGUN, HELD);
  }

  /** How many are held. */
  int held() {
    return count(HELD);
  }

  /** A record triggers others; before the batch is handed to anybody. */
  void trigger(int index, Gather gather) {
    Gather[] known = gathers;
    if (known == null) {
      known = new Gather[marks.length];
      gathers = known;
    }
    known[index] = gather;
  }

  /** What a record is executed with, null when it goes by itself. */
  @Nullable Gather gather(int index) {
    Gather[] known = gathers;
    return known == null ? null : known[index];
  }

  /** Whether a record of this batch triggers others. */
  boolean triggers() {
    return gathers != null;
  }

  /** A record that would have triggered others goes by itself, or not at all. */
  void triggersNothing(int index) {
    Gather[] known = gathers;
    if (known != null) {
      known[index] = null;
    }
  }

  /** No record may be dispatched before this, and what was said before. */
  void barrier(Barrier before) {
    barrier = barrier == null ? before : barrier.and(before);
  }

  @Nullable Barrier barrier() {
    return barrier;
  }

  /** Whether the record waits for a time, to be executed again. */
  boolean isDelayed(int index) {
    return (byte) MARKS.getVolatile(marks, index) == DELAYED;
  }

  /** How long a delayed record waits, from when it was executed. */
  Duration delay(int index) {
    Again again = againOf(index);
    return again == null ? Duration.ZERO : again.delay();
  }

  /** A delayed record has waited: it may be executed. */
  void waited(int index) {
    MARKS.compareAndSet(marks, index, DELAYED, WAITING);
  }

  private @Nullable Again againOf(int index) {
    Again[] known = agains;
    return known == null ? null : known[index];
  }

  // What waits for its due time, outside of what is in flight

  /** A record is not executed before its due time. It waits, until {@link #due}. */
  void postpone(int index) {
    POSTPONEMENTS.getAndAdd(this, 1);
    LOAD.getAndAdd(this, -((long) bytes[index] << COUNT_BITS));
    MARKS.setVolatile(marks, index, POSTPONED);
  }

  boolean isPostponed(int index) {
    return (byte) MARKS.getVolatile(marks, index) == POSTPONED;
  }

  /** Lets go of a postponed record, but for its offset. */
  void unload(int index) {
    records[index] = null;
    traceIds[index] = null;
    MARKS.setVolatile(marks, index, UNLOADED);
  }

  /** A record that was let go of has been read again. */
  void reload(int index, ConsumerRecord<byte[], byte[]> record) {
    records[index] = record;
    MARKS.setVolatile(marks, index, POSTPONED);
  }

  /** A postponed record may be executed. */
  void due(int index) {
    LOAD.getAndAdd(this, (long) bytes[index] << COUNT_BITS);
    POSTPONEMENTS.getAndAdd(this, -1); // before the mark: who counts rather counts too many
    MARKS.setVolatile(marks, index, WAITING);
  }

  /** A record that was let go of cannot be read again: there is nothing to execute. */
  void lost(int index) {
    POSTPONEMENTS.getAndAdd(this, -1);
    MARKS.setRelease(marks, index, SETTLED);
    if ((long) LOAD.getAndAdd(this, -1L) > 0) {
      flow.lost();
    }
  }

  /** How many wait for their due times. From any thread. */
  int postponed() {
    return postponements;
  }

  /** Bytes of the key and the value of a record. From any thread. */
  int bytes(int index) {
    return bytes[index];
  }

  /** Bytes of the value of a record. From any thread. */
  int valueBytes(int index) {
    return valueBytes[index];
  }

  /** The record was not executed after all. */
  void putBack(int index) {
    MARKS.setVolatile(marks, index, WAITING);
  }

  /** The record needs no execution; before the batch is handed to anybody. */
  void skip(int index) {
    marks[index] = SETTLED;
    records[index] = null;
    traceIds[index] = null;
    LOAD.getAndAdd(this, -(((long) bytes[index] << COUNT_BITS) + 1));
  }

  /**
   * Cuts the way back. Of a completion that races with this, either the count is in the result or
   * the completion is without effect, never both.
   *
   * @return how many records are released by this
   */
  int abandon() {
    long before = (long) LOAD.getAndSet(this, ABANDONED);
    return before < 0 ? 0 : (int) (before & MAX_SIZE);
  }

  // The next record of the same order scope

  /** Makes room for links; once, before the first of them. */
  void linkable() {
    nextBatch = new RecordBatch[marks.length];
    nextIndex = new int[marks.length];
  }

  /** Names the successor of a record within its order scope. On the owner thread. */
  @SuppressWarnings("NullAway") // linkable
  void link(int index, RecordBatch batch, int at) {
    nextIndex[index] = at;
    NEXT.setVolatile(nextBatch, index, batch);
  }

  /** The successor is known to whoever runs it. By the lane's worker. */
  void unlink(int index) {
    NEXT.setVolatile(nextBatch, index, null);
  }

  /** The batch of the record's successor, null while there is none. */
  @Nullable RecordBatch nextBatch(int index) {
    return (RecordBatch) NEXT.getVolatile(nextBatch, index);
  }

  /** The successor's index there, once its batch is known. */
  @SuppressWarnings("NullAway") // linkable
  int nextIndex(int index) {
    return nextIndex[index];
  }

  // The way back

  @Override
  public @Nullable Tries tries(int index) {
    Again again = againOf(index);
    return again == null ? null : again.tries();
  }

  @Override
  public int headers(int index) {
    return headers[index];
  }

  @Override
  public @Nullable Header traceId(int index) {
    return traceIds[index];
  }

  @Override
  public void underWay(int index, UnderWay execution) {
    underWay[index] = execution;
  }

  @Override
  public @Nullable Parking parking() {
    return flow.parking();
  }

  @Override
  public boolean isParked() {
    return flow.ofParked();
  }

  /** Nothing more becomes of the record here; without an outcome, since it is parked still. */
  @Override
  public void dropped(int index) {
    if (settle(index, 0) >= 0) {
      flow.dropped(bytes[index]);
    }
  }

  @Override
  public void again(int index, Tries tries, Duration wait) {
    synchronized (this) { // two workers may be the first
      Again[] known = agains;
      if (known == null) {
        known = new Again[marks.length];
        agains = known;
      }
      known[index] = new Again(tries, wait);
    }
    underWay[index] = null; // it may wait for long, and the next execution is another
    MARKS.compareAndSet(marks, index, BEGUN, DELAYED);
  }

  @Override
  public void failed(int index) {
    flow.failed(read);
  }

  @Override
  public void emitted(int index, long bytes) {
    LOAD.getAndAdd(this, bytes << COUNT_BITS);
  }

  @Override
  public void prepared(int index, PreparedSends sends) {
    PreparedSends[] all = prepared;
    if (all == null || (byte) MARKS.getVolatile(marks, index) != BEGUN) {
      return; // it is there already
    }
    all[index] = sends;
    MARKS.setRelease(marks, index, PREPARED);
    flow.concluded();
    flow.prepared(index == marks.length - 1 || index == marks.length / 2);
  }

  @Override
  public void settled(int index, Outcome outcome, long emittedBytes) {
    int left = settle(index, emittedBytes);
    if (left >= 0) {
      flow.settled(outcome, this, index, left == 0 || left == marks.length / 2);
    }
  }

  /**
   * Marks a record as settled.
   *
   * @return how many are not; negative when the batch is abandoned, and the record is another
   *     member's by now
   */
  int settle(int index, long emittedBytes) {
    record(index); // once only
    boolean concludes = (byte) MARKS.getAcquire(marks, index) == BEGUN;
    MARKS.setRelease(marks, index, SETTLED);
    records[index] = null;
    traceIds[index] = null;
    underWay[index] = null;
    PreparedSends[] written = prepared;
    if (written != null) {
      written[index] = null;
    }
    Again[] tried = agains;
    if (tried != null) {
      tried[index] = null;
    }
    triggersNothing(index); // else batches would hang together by their traces, to the first
    long less = ((bytes[index] + emittedBytes) << COUNT_BITS) + 1;
    long left = (long) LOAD.getAndAdd(this, -less) - less;
    if (concludes) {
      flow.concluded();
    }
    return left < 0 ? -1 : (int) (left & MAX_SIZE);
  }

  @Override
  public void blocked(int index, Blockage blockage) {
    flow.blocked(record(index), blockage);
  }

  @Override
  public void unblocked(int index) {
    flow.unblocked(offset(index));
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static long[] offsets(List<ConsumerRecord<byte[], byte[]>> records) {
    long[] offsets = new long[records.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = records.get(i).offset();
    }
    return offsets;
  }
}
