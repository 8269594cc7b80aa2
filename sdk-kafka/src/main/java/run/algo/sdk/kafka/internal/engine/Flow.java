package run.algo.sdk.kafka.internal.engine;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * What a batch of records belongs to, during one assignment of a partition: the partition's own
 * flow, or that of its parked records. All methods from any thread; none blocks.
 */
interface Flow {

  /** The input partition. */
  TopicPartition partition();

  /** Whether nothing more may begin. */
  boolean stopped();

  /** Where the partition's records are parked; null where none are. */
  @Nullable Parking parking();

  /** Whether its records are parked ones, and were read from the input before. */
  boolean ofParked();

  /**
   * A record was settled.
   *
   * @param outcome its outcome
   * @param batch its batch
   * @param index its index there
   * @param worthLook whether the owner should look at once
   */
  void settled(Outcome outcome, RecordBatch batch, int index, boolean worthLook);

  /**
   * An execution of a record has failed that is followed by another.
   *
   * @param read when the record was read, in monotonic nanoseconds
   */
  void failed(long read);

  /** A record waits to be taken by a transaction. */
  void prepared(boolean worthLook);

  /** An execution has its outcome, or waits for its transaction. */
  void concluded();

  /** The outcome of an execution was refused, and it goes on. */
  void begunAgain();

  /**
   * A parked record is not executed now, and what was in memory of it is gone.
   *
   * @param bytes of its key and value
   */
  void dropped(long bytes);

  /** A record that waited for its due time is gone. */
  void lost();

  /** A record has no durable outcome for now. */
  void blocked(ConsumerRecord<byte[], byte[]> record, Blockage blockage);

  /** What was in a record's way is gone. */
  void unblocked(long offset);
}
