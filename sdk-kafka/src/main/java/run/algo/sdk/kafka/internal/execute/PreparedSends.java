package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
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

  private record Refused(Send send, Exception error) {
    boolean tooLarge() {
      return error instanceof RecordTooLargeException;
    }
  }

  /** Whose outcome this is a part of; itself where it is the whole. */
  private final PreparedSends whole;

  PreparedSends() {
    this.whole = this;
  }

  private PreparedSends(PreparedSends whole) {
    this.whole = whole;
  }

  /**
   * For a record that was gathered: there is nothing to write for it, but it goes with what is
   * written for the record that it was gathered for.
   *
   * @return what stands for such a record
   */
  public PreparedSends part() {
    return new PreparedSends(whole);
  }

  /** {@return what this is written with, and never without} */
  public PreparedSends whole() {
    return whole;
  }

  /**
   * Adds a send, unless it is there already: one that was refused comes again.
   *
   * @return how many there are now
   */
  synchronized int add(Send send) {
    if (send.keep()) {
      sends.add(send);
    }
    return sends.size();
  }

  /**
   * Whether one of them was refused before, so that it may make its transaction fail once more.
   *
   * @return whether it had better be alone
   */
  public boolean suspect() {
    synchronized (whole) { // what was refused may be replaced meanwhile
      for (Send send : whole.sends) {
        if (send.blocked()) {
          return true;
        }
      }
      return false;
    }
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
   * @param faults is told what goes wrong
   * @throws KafkaException when the producer takes nothing at all
   */
  public void send(Producer<byte[], byte[]> producer, WriteFaults faults) {
    for (Send send : sends) {
      Attempt attempt = new Attempt(send, faults);
      try {
        // The future is of no use: the client tells the callback all that it tells the future.
        var unused = producer.send(send.record(), attempt::completed);
      } finally {
        attempt.sending = null;
      }
    }
  }

  /** One send in one transaction. */
  private final class Attempt {
    private final Send send;
    private final WriteFaults faults;

    /**
     * The thread that hands the record over, while it does. What the client refuses by itself it
     * tells on that thread, and it is about this record alone. By then the client's own thread may
     * have taken the record and tell what is wrong with another one; it even does so of a record
     * that has been put into its buffer although the call has failed.
     */
    private volatile @Nullable Thread sending = Thread.currentThread();

    Attempt(Send send, WriteFaults faults) {
      this.send = send;
      this.faults = faults;
    }

    void completed(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (error == null) {
        return;
      }
      boolean taken = sending != Thread.currentThread();
      if (faults.failed(send.record().topic(), error, taken)) {
        synchronized (refused) {
          refused.add(new Refused(send, error));
        }
      }
    }
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
    if (mine.stream().noneMatch(Refused::tooLarge)) {
      mine.forEach(r -> r.send().onCompletion(null, r.error()));
      for (Send send : List.copyOf(sends)) {
        if (send.blocked() && mine.stream().noneMatch(r -> r.send() == send)) {
          send.blockedStill(mine.get(0).error()); // it was tried, and goes with the others
        }
      }
      return;
    }
    List<Send> all;
    synchronized (this) {
      all = List.copyOf(sends);
      sends.clear(); // what comes in their place begins anew
    }
    all.forEach(Send::letGo);
    for (Send send : all) {
      mine.stream()
          .filter(r -> r.send() == send && r.tooLarge())
          .findFirst()
          .ifPresentOrElse(r -> send.onCompletion(null, r.error()), send::dropped);
    }
  }
}
