package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Callback;
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

  /** Most records have one; so there is no list for it. */
  private volatile @Nullable Send first;

  /** How many sends have had a place. */
  private int places;

  /** Those after the first. */
  private volatile @Nullable List<Send> others;

  /** What the cluster has against which of the sends, in the transaction under way. */
  private volatile @Nullable List<Refused> refused;

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
    List<Send> known = others;
    if (send.keep()) {
      if (send.place() < 0) {
        send.place(places++);
      }
      Send head = first;
      if (head == null) {
        first = send;
      } else {
        if (known == null) {
          known = new ArrayList<>();
          others = known;
        }
        insert(known, head, send);
      }
    }
    return known == null ? 1 : 1 + known.size();
  }

  /** In its place: what was refused comes back later than what was dropped with it. */
  private void insert(List<Send> known, Send head, Send send) {
    if (send.place() < head.place()) {
      first = send;
      known.add(0, head);
      return;
    }
    int at = known.size();
    while (at > 0 && known.get(at - 1).place() > send.place()) {
      at--;
    }
    known.add(at, send);
  }

  private synchronized List<Send> all() {
    List<Send> all = new ArrayList<>();
    Send one = first;
    List<Send> more = others;
    if (one != null) {
      all.add(one);
    }
    if (more != null) {
      all.addAll(more);
    }
    return all;
  }

  /**
   * Whether one of them was refused before, so that it may make its transaction fail once more.
   *
   * @return whether it had better be alone
   */
  public boolean suspect() {
    Send one = whole.first;
    return (one != null && one.blocked())
        || (whole.others != null && whole.all().stream().anyMatch(Send::blocked));
  }

  /** {@return bytes of keys and values} */
  public long bytes() {
    Send one = first;
    long bytes = one == null ? 0 : bytes(one);
    if (others != null) {
      bytes = 0;
      for (Send send : all()) {
        bytes += bytes(send);
      }
    }
    return bytes;
  }

  private static long bytes(Send send) {
    byte[] key = send.record().key();
    byte[] value = send.record().value();
    return (key == null ? 0L : key.length) + (value == null ? 0 : value.length);
  }

  /**
   * Hands all to a producer that has begun a transaction.
   *
   * @param producer the producer
   * @param faults is told what goes wrong
   * @throws KafkaException when the producer takes nothing at all
   */
  public void send(Producer<byte[], byte[]> producer, WriteFaults faults) {
    Send one = first;
    if (one != null) {
      send(one, producer, faults);
    }
    List<Send> more = others;
    if (more != null) {
      for (Send send : more) {
        send(send, producer, faults);
      }
    }
  }

  private void send(Send send, Producer<byte[], byte[]> producer, WriteFaults faults) {
    Attempt attempt = new Attempt(send, faults);
    try {
      // The future is of no use: the client tells the callback all that it tells the future.
      var unused = producer.send(send.record(), attempt);
    } finally {
      attempt.sending = null;
    }
  }

  /** One send in one transaction. */
  private final class Attempt implements Callback {
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

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (error == null) {
        if (metadata != null) {
          send.writtenAt(metadata.offset());
        }
        return;
      }
      boolean taken = sending != Thread.currentThread();
      if (faults.failed(send.record().topic(), error, taken)) {
        refuse(new Refused(send, error));
      }
    }
  }

  private synchronized void refuse(Refused which) {
    List<Refused> known = refused;
    if (known == null) {
      known = new ArrayList<>();
      refused = known;
    }
    known.add(which);
  }

  /** {@return whether the cluster has refused one of them in the transaction under way} */
  public boolean isRefused() {
    return refused != null;
  }

  /** The transaction is committed. */
  public void committed() {
    Send one = first;
    if (one != null) {
      one.ended(null);
    }
    List<Send> more = others;
    if (more != null) {
      more.forEach(send -> send.ended(null));
    }
  }

  /**
   * The transaction is aborted, for what is {@linkplain #isRefused refused} among them. A record
   * that can never be written fails; any other blocks its partition, and comes again.
   */
  public void abortedByRefusal() {
    List<Refused> mine = takeRefused();
    if (mine.stream().noneMatch(Refused::tooLarge)) {
      mine.forEach(r -> r.send().ended(r.error()));
      for (Send send : all()) {
        if (send.blocked() && mine.stream().noneMatch(r -> r.send() == send)) {
          send.blockedStill(mine.get(0).error()); // it was tried, and goes with the others
        }
      }
      return;
    }
    List<Send> all = drop(); // what comes in their place begins anew
    for (Send send : all) {
      mine.stream()
          .filter(r -> r.send() == send && r.tooLarge())
          .findFirst()
          .ifPresentOrElse(r -> send.ended(r.error()), send::dropped);
    }
  }

  private synchronized List<Refused> takeRefused() {
    List<Refused> known = refused;
    refused = null;
    return known == null ? List.of() : known;
  }

  /** None of them is among what the record leads to any more. */
  synchronized List<Send> drop() {
    List<Send> all = all();
    first = null;
    others = null;
    all.forEach(Send::letGo);
    return all;
  }
}
