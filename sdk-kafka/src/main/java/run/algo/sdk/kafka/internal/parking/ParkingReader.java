package run.algo.sdk.kafka.internal.parking;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads parking topics. Thread-safe. */
public interface ParkingReader {

  /**
   * Reads a partition from its beginning to where its end was when this was called, transactions
   * that were open then included: it waits for those. Blocks.
   *
   * @param partition partition of a parking topic
   * @param visitor is given each record, on the calling thread, in the order of their offsets
   * @throws InterruptedException when interrupted
   * @throws org.apache.kafka.common.KafkaException when it cannot be read now
   */
  void scan(TopicPartition partition, Visitor visitor) throws InterruptedException;

  /**
   * Reads one record. Never blocks.
   *
   * @param partition partition of a parking topic
   * @param offset offset of the record
   * @param read is told what becomes of it, from another thread
   */
  void read(TopicPartition partition, long offset, Read read);

  /** Is given the records of a scan. */
  @FunctionalInterface
  interface Visitor {

    /**
     * Takes a record.
     *
     * @param record the record
     */
    void visit(ConsumerRecord<byte[], byte[]> record);
  }

  /** Is told what becomes of a read. */
  interface Read {

    /** {@return whether anybody still waits for it} */
    boolean isWanted();

    /**
     * Here it is.
     *
     * @param record the record
     */
    void found(ConsumerRecord<byte[], byte[]> record);

    /** The log has it no more. */
    void lost();
  }
}
