package run.algo.sdk.kafka.internal.execute;

import java.util.concurrent.Executor;
import org.apache.kafka.clients.producer.Producer;

/**
 * Where the records go that executions lead to: to the producer at once, or into a transaction.
 * Whatever goes wrong comes back through the {@link Send}. Thread-safe.
 */
public abstract class Sender {

  private final Executor workers;

  Sender(Executor workers) {
    this.workers = workers;
  }

  /**
   * A sender that hands every record to the producer at once.
   *
   * @param producer the producer; closed by its owner
   * @param workers runs what a send leads to and may block
   * @return the sender
   */
  public static Sender direct(Producer<byte[], byte[]> producer, Executor workers) {
    return new DirectSender(DirectProducer.only(producer), workers);
  }

  /**
   * A sender that hands every record to the producer at once, or to the one in its place.
   *
   * @param producer the producer; closed by its owner
   * @param workers runs what a send leads to and may block
   * @return the sender
   */
  public static Sender direct(DirectProducer producer, Executor workers) {
    return new DirectSender(producer, workers);
  }

  /**
   * A sender that keeps records until a transaction takes them, by {@link Settlement#prepared}.
   *
   * @param workers runs what a send leads to and may block
   * @return the sender
   */
  public static Sender transactional(Executor workers) {
    return new PreparingSender(workers);
  }

  /**
   * Takes a record on its way.
   *
   * @param send the record, and who is told of its end
   */
  abstract void send(Send send);

  /** Whether what a record leads to is written as a whole, or not at all. */
  abstract boolean keepsTogether();

  /** Which of the producers takes what is sent now for the first time. */
  int number() {
    return 0;
  }

  /** A record is written. On the producer's thread. */
  void wrote() {
    // most need not know
  }

  /** A record could not be written. On the producer's thread, or on that of the send. */
  void told(Exception error) {
    // most need not know
  }

  final void later(Runnable task) {
    workers.execute(task);
  }
}
