package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Writes a failed record to the dead letters of its input topic, bytes unchanged, and before it
 * those that were gathered for it, in their order. Where one of the topics has no dead letters that
 * may be written to, the failure halts the partition.
 */
final class DeadLetterHandler implements FailureHandler {

  private final FailureHandler otherwise = new HaltOnFailure();
  private final Sender sender;
  private final DeadLetterTopics topics;
  private final DeadLetterHeaders headers;
  private final Conclusion conclusion;

  DeadLetterHandler(Sender sender, DeadLetterTopics topics, DeadLetterHeaders headers) {
    this.sender = sender;
    this.topics = topics;
    this.headers = headers;
    this.conclusion = new Conclusion(sender);
  }

  @Override
  public void failed(Execution execution, Failure failure) {
    List<String> missing = missing(execution);
    if (missing.isEmpty()) {
      write(execution, failure, false);
    } else if (topics.refused(missing.get(0))) {
      otherwise.failed(execution, failure);
    } else {
      waitForTopic(missing.get(0), execution, failure, false);
    }
  }

  /** The input topics whose dead letters are not known; those that never will be come first. */
  private List<String> missing(Execution execution) {
    List<String> missing = new ArrayList<>(0);
    for (Execution each : execution.records()) {
      String input = each.route.inputTopic;
      if (topics.of(input).isEmpty()) {
        missing.add(topics.refused(input) ? 0 : missing.size(), input);
      }
    }
    return missing;
  }

  private void write(Execution execution, Failure failure, boolean halted) {
    List<Execution> records = execution.records();
    execution.expectSends(records.size() + conclusion.accompanying(execution));
    boolean first = true;
    for (Execution each : records) {
      RecordHeaders letter =
          headers.write(each.record, each.traceIdBytes(), each.position(), failure);
      each.mark(letter);
      DeadLetterTopics.Target target = topics.of(each.route.inputTopic).orElseThrow();
      sender.send(
          new DeadLetterSend(
              execution, each, failure, letter(target, each, letter), halted && first));
      first = false;
    }
    conclusion.accompany(
        execution, tombstone -> new DeadLetterSend(execution, null, failure, tombstone, false));
  }

  /** An input topic that has just appeared is read before its dead letters are prepared. */
  private void waitForTopic(String input, Execution execution, Failure failure, boolean again) {
    Runnable retry =
        () -> {
          List<String> missing = missing(execution);
          if (missing.isEmpty()) {
            write(execution, failure, true);
          } else {
            waitForTopic(missing.get(0), execution, failure, true);
          }
        };
    boolean refused = topics.refused(input);
    execution.block(
        new Blockage(
            "record "
                + execution.position()
                + " failed ("
                + failure.reason().wireName()
                + ") and "
                + input
                + (refused ? " has no dead letters" : " has no dead letters yet"),
            FailureLog.printable(failure.cause()),
            again,
            refused ? Optional.empty() : Optional.of(retry)));
  }

  private static ProducerRecord<byte[], byte[]> letter(
      DeadLetterTopics.Target target, Execution execution, RecordHeaders headers) {
    ConsumerRecord<byte[], byte[]> record = execution.record;
    // The original's partition number, where the topic has it; else the key decides.
    int original = execution.position().partition();
    Integer partition = original < target.partitions() ? original : null;
    return new ProducerRecord<>(
        target.topic(), partition, null, record.key(), record.value(), headers);
  }

  /** A dead letter on its way. */
  private final class DeadLetterSend extends Send {

    /** Whose letter it is, alone or gathered; null where it is none. */
    private final @Nullable Execution dead;

    private final Failure failure;
    private final Headers headers;
    private boolean stored;

    DeadLetterSend(
        Execution execution,
        @Nullable Execution dead,
        Failure failure,
        ProducerRecord<byte[], byte[]> record,
        boolean alreadyBlocked) {
      super(execution, record, alreadyBlocked);
      this.dead = dead;
      this.failure = failure;
      this.headers = record.headers();
    }

    @Override
    Sender sender() {
      return sender;
    }

    @Override
    void acknowledged() {
      if (execution.sendEnded()) {
        for (Execution each : execution.records()) {
          each.route.counters.deadLettered(each.position(), failure);
        }
        conclusion.settle(execution, Outcome.DEAD_LETTERED);
      }
    }

    /** The one that cannot be written comes again, shorter, so this does too. */
    @Override
    void dropped() {
      super.dropped();
      sender.send(this);
    }

    @Override
    void tooLarge(Exception cause) {
      RecordHeaders shorter = new RecordHeaders(record().headers());
      if (DeadLetterHeaders.shorten(shorter)) {
        replace(shorter, record().value());
      } else if (dead != null && mayBeStored(dead)) {
        store(dead);
      } else {
        block(
            "dead letter of " + execution.position() + " is too large for " + record().topic(),
            cause);
      }
    }

    private boolean mayBeStored(Execution each) {
      return !stored
          && each.record.value() != null
          && !each.isReference()
          && each.uploads().takesOversize();
    }

    /** There is room for the headers again when the content is elsewhere. */
    private void store(Execution each) {
      try {
        Uploads.DeadLetter letter = each.uploads().storeRecord(headers);
        stored = true;
        replace(letter.headers(), letter.value());
      } catch (StorageException e) {
        endWhenInterrupted(e);
        block(
            "dead letter of "
                + execution.position()
                + " is too large for "
                + record().topic()
                + ", and storage does not take it",
            e);
      }
    }

    private void endWhenInterrupted(StorageException e) {
      if (execution.closing() && Interrupts.caused(e)) {
        throw new InterruptException("interrupted while storing a dead letter");
      }
    }

    private void replace(Headers others, byte @Nullable [] value) {
      ProducerRecord<byte[], byte[]> record = record();
      replace(
          new ProducerRecord<>(
              record.topic(), record.partition(), null, record.key(), value, others));
    }
  }
}
