package run.algo.sdk.kafka.internal.engine;

import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A producer that acknowledges a record when so many more have been sent, in their order, or at
 * once. It keeps the callback and nothing else.
 */
@SuppressWarnings({
  "NullAway", // nobody looks at the future
  "UnsynchronizedOverridesSynchronized" // one thread
})
final class AckProducer extends MockProducer<byte[], byte[]> {

  private static final RecordMetadata WRITTEN =
      new RecordMetadata(new TopicPartition("out", 0), 0, 0, 0, 0, 0);

  private final @Nullable Callback[] waiting;
  private int next;
  private long acknowledged;

  /**
   * A producer.
   *
   * @param unacknowledged how many sends wait for their acknowledgement; 0 for none
   */
  AckProducer(int unacknowledged) {
    super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    waiting = new Callback[unacknowledged];
  }

  /** How many records were acknowledged. */
  long acknowledged() {
    return acknowledged;
  }

  @Override
  public Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    Callback oldest = callback;
    if (waiting.length > 0) {
      oldest = waiting[next];
      waiting[next] = callback;
      next = next + 1 == waiting.length ? 0 : next + 1;
    }
    if (oldest != null) {
      acknowledged++;
      oldest.onCompletion(WRITTEN, null);
    }
    return null;
  }
}
