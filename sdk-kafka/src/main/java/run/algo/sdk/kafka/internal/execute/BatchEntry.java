package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that is to be executed together with others.
 *
 * @param record the record
 * @param settlement its way back
 * @param index its index within the batch it was read with, as the settlement knows it
 */
public record BatchEntry(ConsumerRecord<byte[], byte[]> record, Settlement settlement, int index) {}
