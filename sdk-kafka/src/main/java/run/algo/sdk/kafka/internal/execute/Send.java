package run.algo.sdk.kafka.internal.execute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to the broker. It ends in exactly one of {@link #acknowledged} and, where the
 * record can never be written as it is, {@link #tooLarge}; whatever else goes wrong blocks its
 * partition, and the same send is tried again until it succeeds: an output is never given up.
 */
abstract class Send implements Callback {

  private static final VarHandle PENDING;

  static {
    try {
      PENDING = MethodHandles.lookup().findVarHandle(Send.class, "pending", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Execution execution;

  private ProducerRecord<byte[], byte[]> record;
  private volatile boolean blocked;

  /** How often it was handed to a client; whoever hands it over does so after the one before. */
  private int handed;

  /** Which of these a client has told nothing of yet; 0 = none. */
  @SuppressWarnings("UnusedVariable") // by its handle
  private volatile int pending;

  /** Whether it is among what its record leads to. In a transaction only. */
  private boolean kept;

  /** Its place among those, from 0; -1 before it was among them for the first time. */
  private int place = -1;

  /**
   * A send.
   *
   * @param alreadyBlocked whether its record is halted, so that its success must unblock
   */
  Send(Execution execution, ProducerRecord<byte[], byte[]> record, boolean alreadyBlocked) {
    this.blocked = alreadyBlocked;
    this.execution = execution;
    this.record = record;
  }

  /** What it is sent by. */
  abstract Sender sender();

  final ProducerRecord<byte[], byte[]> record() {
    return record;
  }

  /** Where its partition has it. Told before {@link #acknowledged}, on any thread. */
  void writtenAt(long offset) {
    // most need not know
  }

  /** The broker has the record. On the producer's thread: must not block. */
  abstract void acknowledged();

  /**
   * The broker or the client refuses the record for its size. On a worker: may send again. Whoever
   * gives the record up {@linkplain #unblock unblocks}; what is sent in its place may still fail.
   */
  abstract void tooLarge(Exception cause);

  /**
   * It is about to be handed to a client. One that cannot go on tells twice what becomes of it, by
   * an exception and, since it has put the record into its buffer before that, when it empties
   * that; perhaps long after, when another client has the record. Only the first counts, and only
   * of the latest.
   *
   * @return what the client is to tell
   */
  final Callback handOver() {
    int number = ++handed;
    PENDING.set(this, number); // the client publishes it, with the record
    return number == 1 ? this : (metadata, error) -> told(number, metadata, error);
  }

  /** The client has thrown what it could tell. */
  final void refused(Exception error) {
    told(handed, null, error);
  }

  @Override
  public final void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
    told(1, metadata, error);
  }

  private void told(int number, @Nullable RecordMetadata metadata, @Nullable Exception error) {
    if (!PENDING.compareAndSet(this, number, 0)) {
      return;
    }
    if (error == null) {
      sender().wrote();
      if (metadata != null) {
        writtenAt(metadata.offset());
      }
    }
    ended(error);
  }

  /**
   * It is written, or has failed.
   *
   * @param error why it has failed; null when it is written
   */
  final void ended(@Nullable Exception error) {
    if (error == null) {
      unblock();
      acknowledged();
    } else if (error instanceof RecordTooLargeException) {
      sender().later(() -> tooLarge(error));
    } else {
      sender().told(error);
      block(
          "record for " + record.topic() + " of " + execution.position() + " cannot be written",
          error);
    }
  }

  /** It is not written, since another of its record cannot be. In a transaction only. */
  void dropped() {
    unblock();
  }

  /** How many sends its record needs together, so that they may be written. */
  int together() {
    return execution.sends();
  }

  /** Says that it is among what its record leads to; false when it was before. */
  final boolean keep() {
    boolean first = !kept;
    kept = true;
    return first;
  }

  /** Its place among what its record leads to, which it keeps when it comes again. */
  final int place() {
    return place;
  }

  final void place(int number) {
    place = number;
  }

  /** It is not among what its record leads to any more. */
  final void letGo() {
    kept = false;
  }

  final boolean blocked() {
    return blocked;
  }

  /** What was in this send's way, if anything, is no more. */
  final void unblock() {
    if (blocked) {
      blocked = false;
      execution.unblock();
    }
  }

  /** Another record takes this one's place. */
  final void become(ProducerRecord<byte[], byte[]> other) {
    record = other;
  }

  /** Sends another record in this one's place. */
  final void replace(ProducerRecord<byte[], byte[]> other) {
    become(other);
    sender().send(this);
  }

  final void block(String what, Exception cause) {
    execution.route.counters.runnerError();
    boolean again = blocked;
    blocked = true;
    execution.block(new Blockage(what, cause, again, Optional.of(this::again)));
  }

  /** It may be written by now, and another of its record may not: it is tried again with it. */
  final void blockedStill(Exception cause) {
    execution.block(
        new Blockage(
            "record for " + record.topic() + " of " + execution.position() + " waits for another",
            cause,
            true,
            Optional.of(this::again)));
  }

  /** Unless it has gone with its record since, as in a transaction it may. */
  private void again() {
    if (blocked) {
      sender().send(this);
    }
  }
}
