package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that is to be executed together with others.
 *
 * @param record the record
 * @param settlement its way back
 * @param index its index within the batch it was read with, as the settlement knows it
 * @param gathered what was held for it; null when it goes by itself
 * @param scope its order scope; null where it has none
 */
public record BatchEntry(
    ConsumerRecord<byte[], byte[]> record,
    Settlement settlement,
    int index,
    @Nullable Gathered gathered,
    @Nullable Object scope) {

  /**
   * A record that goes by itself, in no order.
   *
   * @param record the record
   * @param settlement its way back
   * @param index its index within the batch it was read with, as the settlement knows it
   */
  public BatchEntry(ConsumerRecord<byte[], byte[]> record, Settlement settlement, int index) {
    this(record, settlement, index, null, null);
  }
}
