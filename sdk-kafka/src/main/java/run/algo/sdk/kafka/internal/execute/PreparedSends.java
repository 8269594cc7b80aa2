package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.jspecify.annotations.Nullable;

/**
 * All that one record leads to, ready to be written in one transaction with its offset: its
 * outputs, or its dead letter. Written as often as it takes until a transaction with it is
 * committed; the Algo is not executed again for that.
 *
 * <p>Made and completed by workers, then used by one transaction at a time.
 */
public final class PreparedSends {

  private final List<Send> sends = new ArrayList<>(1);

  /** What the cluster has against which of the sends, in the transaction under way. */
  private final List<Refused> refused = new ArrayList<>(0);

  private record Refused(Send send, Exception error) {}

  PreparedSends() {}

  void add(Send send) {
    if (!sends.contains(send)) {
      sends.add(send);
    }
  }

  int size() {
    return sends.size();
  }

  /**
   * Whether one of them was refused before, so that it may make its transaction fail once more.
   *
   * @return whether it had better be alone
   */
  public boolean suspect() {
    for (Send send : sends) {
      if (send.blocked()) {
        return true;
      }
    }
    return false;
  }

  /** {@return bytes of keys and values} */
  public long bytes() {
    long bytes = 0;
    for (Send send : sends) {
      byte[] key = send.record().key();
      byte[] value = send.record().value();
      bytes += (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }
    return bytes;
  }

  /**
   * Hands all to a producer that has begun a transaction.
   *
   * @param producer the producer
   * @throws KafkaException when the producer takes nothing at all
   */
  public void send(Producer<byte[], byte[]> producer) {
    for (Send send : sends) {
      Attempt attempt = new Attempt(send);
      var unused = producer.send(send.record(), attempt::completed);
      attempt.handedOver();
    }
  }

  /** One send in one transaction. */
  private final class Attempt {
    private final Send send;

    /** Until the producer has taken the record, what it says is about this record alone. */
    private volatile boolean own = true;

    Attempt(Send send) {
      this.send = send;
    }

    void handedOver() {
      own = false;
    }

    void completed(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (error != null && (isRefusal(error) || own && isUnknownTopic(error))) {
        synchronized (refused) {
          refused.add(new Refused(send, error));
        }
      }
    }
  }

  /** That a topic's leaders cannot be found is told as a timeout, before anything is taken. */
  private static boolean isUnknownTopic(Exception error) {
    return error instanceof TimeoutException && !(error instanceof BufferExhaustedException);
  }

  /** What is about the record; everything else is about the transaction, and passes. */
  private static boolean isRefusal(Exception error) {
    return error instanceof RecordTooLargeException
        || error instanceof RecordBatchTooLargeException
        || error instanceof InvalidRecordException
        || error instanceof InvalidTopicException
        || error instanceof PolicyViolationException
        || error instanceof SerializationException
        || error instanceof TopicAuthorizationException
        || error instanceof UnknownTopicOrPartitionException
        || error instanceof UnsupportedForMessageFormatException;
  }

  /** {@return whether the cluster has refused one of them in the transaction under way} */
  public boolean isRefused() {
    synchronized (refused) {
      return !refused.isEmpty();
    }
  }

  /** The transaction is committed. */
  public void committed() {
    for (Send send : sends) {
      send.onCompletion(null, null);
    }
  }

  /**
   * The transaction is aborted, for what is {@linkplain #isRefused refused} among them. A record
   * that can never be written fails; any other blocks its partition, and comes again.
   */
  public void abortedByRefusal() {
    List<Refused> mine;
    synchronized (refused) {
      mine = List.copyOf(refused);
      refused.clear();
    }
    boolean hopeless = mine.stream().anyMatch(r -> r.error() instanceof RecordTooLargeException);
    if (hopeless) {
      List<Send> all = List.copyOf(sends);
      sends.clear(); // what comes in their place begins anew
      for (Send send : all) {
        mine.stream()
            .filter(r -> r.send() == send && r.error() instanceof RecordTooLargeException)
            .findFirst()
            .ifPresentOrElse(r -> send.onCompletion(null, r.error()), send::dropped);
      }
    } else {
      for (Refused r : mine) {
        r.send().onCompletion(null, r.error());
      }
    }
  }
}
