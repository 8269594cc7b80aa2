package run.algo.sdk.kafka.internal.execute;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Hands records to the producer; whatever goes wrong comes back through the {@link Send}. */
public final class Sender {

  private final Producer<byte[], byte[]> producer;
  private final Executor workers;

  /**
   * A sender.
   *
   * @param producer the producer; closed by its owner
   * @param workers runs what a send leads to and may block
   */
  public Sender(Producer<byte[], byte[]> producer, Executor workers) {
    this.producer = producer;
    this.workers = workers;
  }

  void send(Send send) {
    try {
      // The future is of no use: the client tells the callback all that it tells the future.
      Future<RecordMetadata> unused = producer.send(send.record(), send);
    } catch (InterruptException e) {
      // Only a runner that closes interrupts its workers: the record is left to the next owner.
      throw e;
    } catch (KafkaException | IllegalStateException | IllegalArgumentException e) {
      send.onCompletion(null, e);
    }
  }

  void later(Runnable task) {
    workers.execute(task);
  }
}
