package run.algo.sdk.kafka.internal.execute;

import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.spi.ParkedId;

/**
 * Ends records whose outcome is durable. A parked one is forgotten by its store then, and settled
 * when that is durable; in a transaction the two are one, so it is among what the record leads to.
 */
final class Conclusion {

  private final Sender sender;

  Conclusion(Sender sender) {
    this.sender = sender;
  }

  /** How many sends go with those of an outcome. */
  int accompanying(Execution execution) {
    return together(execution) == null ? 0 : 1;
  }

  /**
   * Sends what goes with the sends of an outcome.
   *
   * @param execution its record
   * @param kind makes a send like those of the outcome
   */
  void accompany(Execution execution, Function<ProducerRecord<byte[], byte[]>, Send> kind) {
    Parking parking = together(execution);
    if (parking != null) {
      parking.store().remove(id(execution), tombstone -> sender.send(kind.apply(tombstone)));
    }
  }

  private @Nullable Parking together(Execution execution) {
    return sender.keepsTogether() ? execution.parkedIn() : null;
  }

  /** All that the record leads to is durable. From any thread. */
  void settle(Execution execution, Outcome outcome) {
    Parking parking = execution.parkedIn();
    if (parking == null) {
      execution.settle(outcome);
    } else if (sender.keepsTogether() && execution.sends() > 0) {
      forgotten(parking, execution, outcome);
    } else {
      execution.expectSends(1);
      sender.later(() -> execution.guarded(() -> forget(parking, execution, outcome)));
    }
  }

  private void forget(Parking parking, Execution execution, Outcome outcome) {
    parking
        .store()
        .remove(
            id(execution),
            record -> sender.send(new TombstoneSend(parking, execution, record, outcome)));
  }

  private static void forgotten(Parking parking, Execution execution, Outcome outcome) {
    execution.settle(outcome);
    parking.forgotten(execution.record.offset());
  }

  private static ParkedId id(Execution execution) {
    return new ParkedId(execution.record.partition(), execution.record.offset());
  }

  /** A tombstone on its way, by itself. */
  private final class TombstoneSend extends Send {
    private final Parking parking;
    private final Outcome outcome;

    TombstoneSend(
        Parking parking,
        Execution execution,
        ProducerRecord<byte[], byte[]> record,
        Outcome outcome) {
      super(execution, record, false);
      this.parking = parking;
      this.outcome = outcome;
    }

    @Override
    Sender sender() {
      return sender;
    }

    @Override
    void acknowledged() {
      forgotten(parking, execution, outcome);
    }

    @Override
    void tooLarge(Exception cause) {
      block("the end of parked record " + execution.position() + " is too large", cause);
    }
  }
}
