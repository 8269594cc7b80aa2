package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.UnderWay;
import run.algo.sdk.kafka.internal.record.DueTime;

/**
 * Executes the records of a retry topic's partition by their due times: never before, and none that
 * is due waits for one that is not, wherever the two lie.
 *
 * <p>What is not due within {@link #LEAD} is let go of but for its due time and its offset, and is
 * read again shortly before it is due; so is what is due sooner when there is more of it than may
 * be kept. Records that are due are handed over in the order of their due times, so many at a time
 * as keep the workers busy. Only these are in flight: what waits takes nothing from what runs.
 *
 * <p>Thread-safe: the owner brings records, timers say that they are due, the refetcher brings them
 * again, and workers say when there is room for more.
 */
final class DueDispatcher implements Dispatcher {

  /** Within this time before it is due a record is kept in memory, or read again. */
  static final long LEAD = 1_000_000_000;

  /** Once something is read again, so is what would be by this time, so that they go together. */
  private static final long TOGETHER = LEAD / 4;

  /** No timer is longer, so that none keeps a partition in memory that has gone. */
  private static final long LONGEST_TIMER = 1_000_000_000;

  private static final Optional<String> GONE =
      Optional.of(
          "was gone from its topic before it was due, and is skipped: its retention must be longer"
              + " than the backoff, and its cleanup.policy must be delete");

  private final DueGate gate;
  private final SingleDispatcher workers;
  private final WaitingRoom.Part part;
  private final boolean oneAtATime;

  /** In memory: not due yet, or due and not handed over. */
  private final DueHeap near = new DueHeap();

  /** Not in memory. */
  private final DueHeap far = new DueHeap();

  private int handedOver;

  /** Records in memory that wait, and are not handed over, and their bytes. */
  private int loaded;

  private long loadedBytes;

  /** Records that are being read again. */
  private int loading;

  /** Of the records that have waited so far, to guess what those will bring that are read again. */
  private long sizes = 1;

  private long sized = 1;

  /** When the earliest timer fires. */
  private long armed = Long.MAX_VALUE;

  private boolean stopped;

  /** A record that waits outside of the memory, and is wanted again. */
  private final class Unloaded implements Refetcher.Wanted {
    final RecordBatch batch;
    final int index;
    final long due;

    Unloaded(RecordBatch batch, int index, long due) {
      this.batch = batch;
      this.index = index;
      this.due = due;
    }

    @Override
    public TopicPartition partition() {
      return batch.flow().partition();
    }

    @Override
    public long offset() {
      return batch.offset(index);
    }

    @Override
    public boolean isWanted() {
      return !batch.flow().stopped();
    }

    @Override
    public void found(ConsumerRecord<byte[], byte[]> record) {
      reloaded(this, record);
    }

    @Override
    public void lost() {
      DueDispatcher.this.lost(this);
    }

    @Override
    public Optional<String> loss() {
      return GONE;
    }
  }

  /**
   * A dispatcher.
   *
   * @param gate what all such partitions share
   * @param workers executes what is due
   * @param oneAtATime whether there is one execution of this partition at a time
   */
  DueDispatcher(DueGate gate, SingleDispatcher workers, boolean oneAtATime) {
    this.gate = gate;
    this.workers = workers;
    this.oneAtATime = oneAtATime;
    this.part = gate.room().part();
  }

  @Override
  public DueDispatcher gate() {
    return this;
  }

  @Override
  public synchronized void dispatch(RecordBatch batch) {
    if (stopped) {
      return;
    }
    long now = gate.clock().nanos();
    for (int i = 0; i < batch.size(); i++) {
      if (batch.isWaiting(i)) {
        long due = gate.due(batch.record(i), now);
        if (due <= now) {
          near.add(due, batch, i);
        } else {
          postpone(batch, i, due, now);
        }
      }
    }
    goOn();
  }

  private void postpone(RecordBatch batch, int index, long due, long now) {
    long bytes = batch.bytes(index);
    sizes += bytes;
    sized++;
    batch.postpone(index);
    // A trigger stays for the sake of those that are held for it, which stay, too.
    Refetcher refetcher = gate.refetcher();
    if (batch.gather(index) != null || refetcher == null || (due - now <= LEAD && hasRoom())) {
      loaded++;
      loadedBytes += bytes;
      near.add(due, batch, index);
    } else {
      if (far.isEmpty()) {
        refetcher.prepare();
      }
      batch.unload(index);
      far.add(due, batch, index);
    }
  }

  /** Whether one more may be in memory. */
  private boolean hasRoom() {
    int partitions = gate.room().partitions();
    int records = loaded + loading;
    return records == 0
        || (records < gate.loads().records() / partitions
            && loadedBytes + (loading + 1) * (sizes / sized) <= gate.loads().bytes() / partitions);
  }

  /** An execution has its outcome, or waits for its transaction. From any thread. */
  synchronized void concluded() {
    handedOver = Math.max(0, handedOver - 1);
    if (!near.isEmpty() || !far.isEmpty()) {
      goOn();
    }
  }

  /** One that had is executed again. From any thread. */
  synchronized void begunAgain() {
    handedOver++;
  }

  /** A record is here again. From any thread. */
  private synchronized void reloaded(Unloaded wanted, ConsumerRecord<byte[], byte[]> record) {
    if (stopped) {
      return;
    }
    loading--;
    loaded++;
    wanted.batch.reload(wanted.index, record);
    loadedBytes += wanted.batch.bytes(wanted.index);
    near.add(wanted.due, wanted.batch, wanted.index);
    goOn();
  }

  /** A record will not come again. From any thread. */
  private synchronized void lost(Unloaded wanted) {
    if (stopped) {
      return;
    }
    loading--;
    wanted.batch.lost(wanted.index);
    goOn();
  }

  private void goOn() {
    long now = gate.clock().nanos();
    while (near.due() <= now && handedOver < gate.handedOver() && !near.isEmpty()) {
      handOver();
    }
    if (far.due() - LEAD <= now && !far.isEmpty()) {
      load(now);
    }
    arm(now);
  }

  private void handOver() {
    RecordBatch batch = near.batch();
    int index = near.index();
    near.remove();
    if (batch.isPostponed(index)) {
      loaded--;
      loadedBytes -= batch.bytes(index);
      batch.due(index);
    }
    handedOver++;
    workers.dispatch(batch, index);
  }

  private void load(long now) {
    List<Refetcher.Wanted> wanted = new ArrayList<>();
    while (!far.isEmpty() && far.due() - LEAD - TOGETHER <= now && hasRoom()) {
      wanted.add(new Unloaded(far.batch(), far.index(), far.due()));
      far.remove();
      loading++;
    }
    Refetcher refetcher = gate.refetcher();
    if (refetcher != null && !wanted.isEmpty()) {
      refetcher.fetch(wanted);
    }
  }

  /** What is late already goes on when there is room for it, which nobody needs a timer for. */
  private void arm(long now) {
    long next = near.due() > now ? near.due() : Long.MAX_VALUE;
    if (!far.isEmpty() && far.due() - LEAD > now) {
      next = Math.min(next, far.due() - LEAD);
    }
    if (next == Long.MAX_VALUE) {
      return;
    }
    next = Math.min(next, now + LONGEST_TIMER);
    if (next < armed) {
      armed = next;
      long mine = next;
      gate.after(next - now, () -> fired(mine));
    }
  }

  private synchronized void fired(long timer) {
    if (timer == armed) {
      armed = Long.MAX_VALUE;
    }
    if (!stopped) {
      goOn();
    }
  }

  // For the owner thread

  /** So many places are taken in the waiting room. */
  void takes(int places) {
    part.takes(places);
  }

  /** Whether there is no room for more that waits. */
  boolean isFull() {
    return part.isFull();
  }

  @Override
  public void halt(boolean now) {
    workers.halt(now);
  }

  @Override
  public void pause(boolean now) {
    workers.pause(now);
  }

  @Override
  public void stop() {
    workers.stop();
    part.leave();
    synchronized (this) {
      stopped = true;
      near.clear();
      far.clear();
    }
  }

  @Override
  public void limit(EnginePlan.Share share) {
    workers.limit(oneAtATime ? EnginePlan.Share.of(1) : share);
  }

  /**
   * How far away the first due time is, of what is not begun: what was handed over still waits
   * while there is no room, or the runner is paused. In nanoseconds, negative when it has passed;
   * or none.
   */
  OptionalLong nextDue(PartitionFlow flow) {
    long now = gate.clock().nanos();
    Earliest earliest = new Earliest(now, waiting());
    flow.visit(earliest);
    return earliest.due == Long.MAX_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(earliest.due - now);
  }

  private synchronized long waiting() {
    return Math.min(near.due(), far.due());
  }

  /** Finds the earliest due time of what is due and not begun. */
  private static final class Earliest implements RecordBatch.Visitor {
    private final long now;
    private long due;

    /** What was due at once is late from no time on. */
    Earliest(long now, long due) {
      this.now = now;
      this.due = due > 0 ? due : now;
    }

    @Override
    public void visit(RecordBatch batch, int index, boolean begun, @Nullable UnderWay execution) {
      ConsumerRecord<byte[], byte[]> record = begun ? null : batch.ifHere(index);
      if (record != null) {
        long its = DueTime.nanos(DueTime.of(record.headers()), record, now);
        due = Math.min(due, its > 0 ? its : now);
      }
    }
  }

  /** How many wait outside of the memory. For tests. */
  synchronized int unloaded() {
    return far.size() + loading;
  }

  /** Bytes of what is kept of those that wait outside of the memory. For tests. */
  synchronized long heapBytes() {
    return 16L * (near.capacity() + far.capacity());
  }
}
