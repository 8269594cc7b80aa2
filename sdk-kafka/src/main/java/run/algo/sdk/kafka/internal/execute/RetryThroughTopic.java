package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.spi.RetryDecision;

/**
 * The strategy RetryTopics: a failed record is written to the topic of its next step, bytes
 * unchanged, and is settled when the broker has it. Those that were gathered for it go before it to
 * the same partition, in their order, where they gather again.
 *
 * <p>A topic that cannot be written to halts the partition, and the record is written when it can
 * be: it is neither skipped nor executed again.
 */
final class RetryThroughTopic implements Retrier {

  private final Sender sender;
  private final FailureRules.Through through;

  RetryThroughTopic(Sender sender, FailureRules.Through through) {
    this.sender = sender;
    this.through = through;
  }

  @Override
  public void retry(Execution execution, Failure failure, RetryDecision.Retry retry) {
    String topic = through.topics().get(retry.step().index());
    if (topic == null) {
      throw new IllegalStateException("retry step " + retry.step().index() + " has no topic");
    }
    retry(execution, new Handover(topic, failure, retry), false);
  }

  /** What is to be written, and why. */
  private record Handover(String topic, Failure failure, RetryDecision.Retry retry) {}

  private void retry(Execution execution, Handover handover, boolean halted) {
    OptionalInt partitions = through.known().partitions(handover.topic());
    if (partitions.isPresent()) {
      write(execution, handover, partitions.getAsInt(), halted);
    } else {
      waitForTopic(execution, handover, halted);
    }
  }

  /** An input topic that has just appeared is read before its retry topics are prepared. */
  private void waitForTopic(Execution execution, Handover handover, boolean again) {
    execution.block(
        new Blockage(
            "record "
                + execution.position()
                + " failed ("
                + handover.failure().reason().wireName()
                + ") and retry topic "
                + handover.topic()
                + through
                    .known()
                    .refusal(handover.topic())
                    .map(why -> " cannot be used: " + why)
                    .orElse(" is not there yet"),
            FailureLog.printable(handover.failure().cause()),
            again,
            Optional.of(() -> retry(execution, handover, true))));
  }

  private void write(Execution execution, Handover handover, int partitions, boolean halted) {
    List<Execution> records = execution.records();
    execution.expectSends(records.size());
    Integer partition = partition(execution, records.size() > 1, partitions);
    RetryHeaders.Next next =
        new RetryHeaders.Next(
            handover.retry().step().index(),
            handover.retry().retryNum(),
            handover.failure().attempts(),
            through.clock().instant().plus(handover.retry().backoff()));
    @Nullable RetrySend following = null;
    for (int i = records.size() - 1; i >= 0; i--) {
      following =
          new RetrySend(
              execution,
              record(handover.topic(), partition, records.get(i), next),
              following,
              halted && i == 0);
    }
    Objects.requireNonNull(following, "a record").begin();
  }

  /**
   * The original's partition number, where the topic has it; else the key decides. What was
   * gathered must stay together, whatever keys it has.
   */
  private static @Nullable Integer partition(
      Execution execution, boolean gathered, int partitions) {
    int original = execution.position().partition();
    if (original < partitions) {
      return original;
    }
    return gathered ? (Integer) (original % partitions) : null;
  }

  private ProducerRecord<byte[], byte[]> record(
      String topic, @Nullable Integer partition, Execution execution, RetryHeaders.Next next) {
    RecordHeaders headers =
        through
            .headers()
            .write(execution.record, execution.traceIdBytes(), execution.position(), next);
    execution.mark(headers); // its next try goes on from this one
    return new ProducerRecord<>(
        topic, partition, null, execution.record.key(), execution.record.value(), headers);
  }

  /** A record on its way to a retry topic. */
  private final class RetrySend extends Send {

    /** Written after this one; null for the last. */
    private final @Nullable RetrySend following;

    RetrySend(
        Execution execution,
        ProducerRecord<byte[], byte[]> record,
        @Nullable RetrySend following,
        boolean alreadyBlocked) {
      super(execution, record, alreadyBlocked);
      this.following = following;
    }

    @Override
    Sender sender() {
      return sender;
    }

    /**
     * One after the other: were one refused and the next not, a trigger could come to lie before
     * what it is to trigger. A transaction writes all of them, or none.
     */
    void begin() {
      if (sender.keepsTogether()) {
        for (RetrySend each = this; each != null; each = each.following) {
          sender.send(each);
        }
      } else {
        sender.send(this);
      }
    }

    @Override
    void acknowledged() {
      byte[] value = record().value();
      execution.route.counters.writtenToRetry(value == null ? 0 : value.length);
      RetrySend next = following;
      if (execution.sendEnded()) {
        execution.settle(Outcome.RETRIED);
      } else if (next != null && !sender.keepsTogether()) {
        sender.later(next::begin);
      }
    }

    /** The one that cannot be written stays, so this comes again with it. */
    @Override
    void dropped() {
      super.dropped();
      sender.send(this);
    }

    @Override
    void tooLarge(Exception cause) {
      block(
          "retry of "
              + execution.position()
              + " is too large for "
              + record().topic()
              + ": its max.message.bytes must be 64 KiB above the input topic's",
          cause);
    }
  }
}
