package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.spi.FileReference;

/** A record for an output, which it knows so that its bytes are counted there. */
class OutputRecord extends ProducerRecord<byte[], byte[]> {

  private final OutputTarget target;
  private final int emission;
  private final long dataBytes;

  /**
   * A record.
   *
   * @param emission which of the execution's outputs it is, from 0
   * @param headers are copied; null for none yet
   * @param dataBytes length of its content, wherever that lies
   */
  OutputRecord(
      OutputTarget target,
      int emission,
      byte[] key,
      byte[] value,
      @Nullable Headers headers,
      long dataBytes) {
    super(target.topic(), null, null, key, value, headers);
    this.target = target;
    this.emission = emission;
    this.dataBytes = dataBytes;
  }

  final OutputTarget target() {
    return target;
  }

  final int emission() {
    return emission;
  }

  /** It is written. */
  final void count() {
    target.counters().written(value().length, dataBytes);
  }

  /** Whether its value refers to its content. */
  final boolean isReference() {
    return headers().lastHeader(ProtocolHeaders.MESSAGE_DATA_TYPE) == OutputTarget.REFERENCE;
  }

  /** The same record, with its content in storage. */
  final OutputRecord referringTo(FileReference file) {
    Headers changed = headers();
    if (!isReference()) {
      changed = new RecordHeaders(changed);
      changed.remove(ProtocolHeaders.MESSAGE_DATA_TYPE);
      changed.add(OutputTarget.REFERENCE);
    }
    return new OutputRecord(target, emission, key(), file.toJson(), changed, file.size().orElse(0));
  }
}
