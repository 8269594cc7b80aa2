package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Writes a failed record to the dead letters of its input topic, bytes unchanged. */
final class DeadLetterHandler implements FailureHandler {

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
    DeadLetterTopics.Target target = topics.of(record.topic());
    RecordHeaders letter = headers.write(record, execution.traceIdBytes(), failure);
    execution.expectSends(1);
    sender.send(new DeadLetterSend(execution, letter(target, execution, letter)));
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

    DeadLetterSend(Execution execution, ProducerRecord<byte[], byte[]> record) {
      super(sender, execution, record);
    }

    @Override
    void acknowledged() {
      execution.settle(Outcome.DEAD_LETTERED);
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
