package run.algo.sdk.kafka.internal.engine;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads records again whose values were let go of. Thread-safe. */
interface Refetcher {

  /** Something was let go of: it will be wanted some time. Never blocks. */
  void prepare();

  /**
   * Reads records again. Never blocks: each is told what becomes of it, from another thread.
   *
   * @param wanted the records
   */
  void fetch(List<Wanted> wanted);

  /**
   * A record that is wanted again.
   *
   * @param by who wants it
   * @param batch its batch
   * @param index its index there
   * @param due when it may be executed, in nanoseconds since the epoch
   */
  record Wanted(DueDispatcher by, RecordBatch batch, int index, long due) {

    TopicPartition partition() {
      return batch.flow().partition();
    }

    long offset() {
      return batch.offset(index);
    }

    /** Whether anybody still waits for it. */
    boolean isWanted() {
      return !batch.flow().stopped();
    }

    /** It was read again. */
    void found(ConsumerRecord<byte[], byte[]> record) {
      by.reloaded(this, record);
    }

    /** The log has it no more. */
    void lost() {
      by.lost(this);
    }
  }
}
