package run.algo.sdk.kafka.internal.execute;

import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Writes a failed record to the dead letters of its input topic, bytes unchanged. Where that topic
 * has no dead letters that may be written to, the failure halts the partition.
 */
final class DeadLetterHandler implements FailureHandler {

  private final FailureHandler otherwise = new HaltOnFailure();
  private final Sender sender;
  private final DeadLetterTopics topics;
  private final DeadLetterHeaders headers;

  DeadLetterHandler(Sender sender, DeadLetterTopics topics, DeadLetterHeaders headers) {
    this.sender = sender;
    this.topics = topics;
    this.headers = headers;
  }

  @Override
  public void failed(Execution execution, Failure failure) {
    var record = execution.record;
    DeadLetterTopics.Target target = topics.of(record.topic()).orElse(null);
    if (target != null) {
      write(execution, failure, target, false);
    } else if (topics.refused(record.topic())) {
      otherwise.failed(execution, failure);
    } else {
      waitForTopic(execution, failure, false);
    }
  }

  private void write(
      Execution execution, Failure failure, DeadLetterTopics.Target target, boolean halted) {
    RecordHeaders letter = headers.write(execution.record, execution.traceIdBytes(), failure);
    sender.send(new DeadLetterSend(execution, letter(target, execution, letter), halted));
  }

  /** An input topic that has just appeared is read before its dead letters are prepared. */
  private void waitForTopic(Execution execution, Failure failure, boolean again) {
    String input = execution.record.topic();
    Runnable retry =
        () -> {
          DeadLetterTopics.Target target = topics.of(input).orElse(null);
          if (target == null) {
            waitForTopic(execution, failure, true);
          } else {
            write(execution, failure, target, true);
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
    var record = execution.record;
    // The original's partition number, where the topic has it; else the key decides.
    Integer partition = record.partition() < target.partitions() ? record.partition() : null;
    return new ProducerRecord<>(
        target.topic(), partition, null, record.key(), record.value(), headers);
  }

  /** A dead letter on its way. */
  private final class DeadLetterSend extends Send {

    DeadLetterSend(
        Execution execution, ProducerRecord<byte[], byte[]> record, boolean alreadyBlocked) {
      super(sender, execution, record, alreadyBlocked);
    }

    @Override
    void acknowledged() {
      execution.settle(Outcome.DEAD_LETTERED);
    }

    @Override
    int together() {
      return 1;
    }

    @Override
    void tooLarge(Exception cause) {
      ProducerRecord<byte[], byte[]> record = record();
      RecordHeaders shorter = new RecordHeaders(record.headers());
      if (DeadLetterHeaders.shorten(shorter)) {
        replace(
            new ProducerRecord<>(
                record.topic(), record.partition(), null, record.key(), record.value(), shorter));
      } else {
        block(
            "dead letter of " + execution.position() + " is too large for " + record.topic(),
            cause);
      }
    }
  }
}
