package run.algo.sdk.kafka.internal.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Settlement;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The records that one poll brought for one partition, and which of them are settled.
 *
 * <p>Records are settled in any order and from any thread: a flag each, written with release
 * semantics, and one atomic count for the batch. The owner thread reads the flags to move the
 * frontier; nothing is locked and nothing is allocated per record. A flag is visible before the
 * count that includes it, so a count of zero means that all flags are.
 *
 * <p>When its partition is taken away the batch is {@linkplain #abandon abandoned}: what has not
 * been settled by then is released, and a completion that comes later touches nothing.
 */
final class RecordBatch implements Settlement {

  private static final VarHandle FLAGS = MethodHandles.arrayElementVarHandle(byte[].class);
  private static final VarHandle UNSETTLED;

  static {
    try {
      UNSETTLED = MethodHandles.lookup().findVarHandle(RecordBatch.class, "unsettled", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Far enough below zero that late completions cannot climb out of it. */
  private static final int ABANDONED = Integer.MIN_VALUE / 2;

  private final PartitionFlow flow;
  private final List<ConsumerRecord<byte[], byte[]>> records;
  private final byte[] settled;
  private final long read = System.nanoTime();

  @SuppressWarnings("FieldMayBeFinal") // by UNSETTLED
  private volatile int unsettled;

  RecordBatch(PartitionFlow flow, List<ConsumerRecord<byte[], byte[]>> records) {
    this.flow = flow;
    this.records = records;
    this.settled = new byte[records.size()];
    this.unsettled = records.size();
  }

  int size() {
    return settled.length;
  }

  ConsumerRecord<byte[], byte[]> record(int index) {
    return records.get(index);
  }

  int unsettled() {
    return Math.max(0, unsettled);
  }

  boolean isSettled(int index) {
    return (byte) FLAGS.getAcquire(settled, index) != 0;
  }

  /**
   * Cuts the way back. Of a completion that races with this, either the count is in the result or
   * the completion is without effect, never both.
   *
   * @return how many records are released by this
   */
  int abandon() {
    return Math.max(0, (int) UNSETTLED.getAndSet(this, ABANDONED));
  }

  @Override
  public void emitted(int index, long bytes) {}

  @Override
  public void settled(int index, Outcome outcome, long emittedBytes) {
    FLAGS.setRelease(settled, index, (byte) 1);
    int left = (int) UNSETTLED.getAndAdd(this, -1) - 1;
    if (left < 0) {
      return; // abandoned: the record is another member's by now
    }
    flow.settled(outcome, record(index), read, left == 0 || left == settled.length / 2);
  }

  @Override
  public void blocked(int index, Blockage blockage) {
    flow.blocked(record(index), blockage);
  }

  @Override
  public void unblocked(int index) {
    flow.unblocked(record(index).offset());
  }
}
