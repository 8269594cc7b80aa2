package run.algo.sdk.kafka.internal.execute;

import java.util.concurrent.Executor;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Hands records to the producer at once, or to the one in its place. */
final class DirectSender extends Sender {

  /** So often in a row is a send interrupted by chance; then something does it on purpose. */
  private static final int ATTEMPTS = 3;

  private final DirectProducer producer;

  DirectSender(DirectProducer producer, Executor workers) {
    super(workers);
    this.producer = producer;
  }

  @Override
  boolean keepsTogether() {
    return false;
  }

  @Override
  int number() {
    return producer.inUse().number();
  }

  @Override
  void wrote() {
    producer.wrote();
  }

  @Override
  void told(Exception error) {
    producer.told(error);
  }

  @Override
  void send(Send send) {
    for (int attempt = 1; ; attempt++) {
      send.execution.dropStrayInterrupt();
      Callback callback = send.handOver();
      try {
        hand(send, callback);
        return;
      } catch (InterruptException e) {
        if (send.execution.closing()) {
          throw e; // the record is left to the next owner
        }
        // A stray interrupt of the author's: the client took nothing, and a send that is given up
        // would stop the partition without a word.
        if (attempt == ATTEMPTS) {
          send.execution.dropStrayInterrupt();
          send.refused(e);
          return;
        }
      } catch (KafkaException | IllegalStateException | IllegalArgumentException e) {
        send.refused(e);
        return;
      }
    }
  }

  private void hand(Send send, Callback callback) {
    DirectProducer.InUse client = send.blocked() ? producer.working() : producer.inUse();
    if (!send.blocked() && send.execution.begunWith() != client.number()) {
      throw new KafkaException("the producer was replaced after the record's execution had begun");
    }
    try {
      // The future is of no use: the client tells the callback all that it tells the future.
      var unused = client.producer().send(send.record(), callback);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      producer.threw(client, e);
      throw e;
    }
  }
}
