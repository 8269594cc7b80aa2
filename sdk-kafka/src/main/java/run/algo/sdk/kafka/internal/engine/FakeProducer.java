package run.algo.sdk.kafka.internal.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's mock, which acknowledges at once, with topics that refuse records when they are told. */
final class FakeProducer extends MockProducer<byte[], byte[]> {

  private final Map<String, RuntimeException> failures = new HashMap<>();

  FakeProducer() {
    super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void fail(String topic, RuntimeException error) {
    failures.put(topic, error);
  }

  void accept() {
    failures.clear();
  }

  @Override
  public synchronized Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, Callback callback) {
    RuntimeException error = failures.get(record.topic());
    if (error == null) {
      return super.send(record, callback);
    }
    callback.onCompletion(null, error);
    return CompletableFuture.failedFuture(error);
  }
}
