package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** A record for an output, which it knows so that its bytes are counted there. */
final class OutputRecord extends ProducerRecord<byte[], byte[]> {

  private final OutputTarget target;

  OutputRecord(OutputTarget target, byte[] key, byte[] value, Headers headers) {
    super(target.topic(), null, null, key, value, headers);
    this.target = target;
  }

  OutputTarget target() {
    return target;
  }
}
