package run.algo.sdk.kafka.internal.engine;

import java.util.List;
import java.util.Optional;
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

  /** A record that is wanted again. Thread-safe; its methods are quick. */
  interface Wanted {

    /** Where it lies. */
    TopicPartition partition();

    /** Where it lies in its partition. */
    long offset();

    /** Whether anybody still waits for it. */
    boolean isWanted();

    /** It was read again. */
    void found(ConsumerRecord<byte[], byte[]> record);

    /** The log has it no more. */
    void lost();

    /** What a warning says when the log has it no more; empty where that is no loss. */
    Optional<String> loss();
  }
}
