package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import run.algo.sdk.kafka.internal.parking.InputRecords;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryState;

/**
 * The strategies StatefulOrdered and StatefulUnordered: a failed record is written to the parking
 * store and is settled when the store has it, so that offsets move on; where order is kept so are
 * the later records of its key. A store that cannot be written to halts the partition.
 *
 * <p>What was gathered is not parked: it is executed again in its place, and so waits in its place
 * for parked records of its key.
 */
final class Parker implements Retrier {

  /** What is nearly free is asked for again so soon. */
  private static final Duration SOON = Duration.ofMillis(10);

  /** What cannot be parked asks less often. */
  private static final Duration IN_PLACE = Duration.ofMillis(100);

  private final Sender sender;
  private final FailureRules.Parked rules;
  private final FailureHandler otherwise;
  private final Retrier inPlace = new RetryInPlace();

  /**
   * A parker.
   *
   * @param sender hands what is stored to the producer
   * @param rules what is done when the store is full
   * @param otherwise takes what has no room, unless it halts its partition
   */
  Parker(Sender sender, FailureRules.Parked rules, FailureHandler otherwise) {
    this.sender = sender;
    this.rules = rules;
    this.otherwise = otherwise;
  }

  /**
   * Whether a record may be executed now. If not it is taken care of: it is parked behind those of
   * its key, or waits, or is executed later from the store.
   */
  boolean mayBegin(Execution execution) {
    Parking parking = execution.parking();
    if (parking == null) {
      return true;
    }
    if (execution.isParked()) {
      if (!parking.begin(execution.record.offset())) {
        execution.drop();
        return false;
      }
      return true;
    }
    byte[] key = execution.record.key();
    if (execution.gathers() || parking.inPlace()) {
      boolean occupied = parking.occupied(key, execution.record.offset());
      if (occupied) {
        execution.again(execution.tries(), IN_PLACE);
      }
      return !occupied;
    }
    switch (parking.arrive(key, execution.record.offset())) {
      case FREE -> {
        return true;
      }
      case SOON -> execution.again(execution.tries(), SOON);
      case STORED -> execution.settleParked(false);
      case BEHIND -> store(parking, execution, behind(execution), false);
      case FULL -> {
        if (waitsInPlaceForRoom()) {
          execution.again(execution.tries(), IN_PLACE);
        } else {
          full(parking, execution, new Waiting(behind(execution), false, noRoomBehind(execution)));
        }
      }
    }
    return false;
  }

  /** It has not failed, unless it was executed in its place before. */
  private static ParkedTry behind(Execution execution) {
    return new ParkedTry(execution.tries().executions(), execution.tries().state(), Instant.EPOCH);
  }

  @Override
  public void retry(Execution execution, Failure failure, RetryDecision.Retry retry) {
    Parking parking = execution.parking();
    if (parking == null || execution.gathers() || (parking.inPlace() && !execution.isParked())) {
      inPlace.retry(execution, failure, retry);
      return;
    }
    if (parking.closed()) {
      return; // it is left to the next owner, which may have begun it by now
    }
    ParkedTry next =
        new ParkedTry(
            failure.attempts(),
            new RetryState.After(retry.step().index(), retry.retryNum()),
            rules.clock().instant().plus(retry.backoff()));
    if (reserve(parking, execution, next)) {
      store(parking, execution, next, true);
    } else if (waitsInPlaceForRoom()) {
      inPlace.retry(execution, failure, retry);
    } else {
      full(parking, execution, new Waiting(next, true, failure));
    }
  }

  /**
   * In transactions a halt could never end: what has found room may be behind a record that the
   * halted partition does not begin, and is only parked together with that.
   */
  private boolean waitsInPlaceForRoom() {
    return rules.haltWhenFull() && sender.keepsTogether();
  }

  /**
   * A record that is to be parked.
   *
   * @param next what it waits for
   * @param executed whether it has failed, and does not only wait for others
   * @param failure what becomes of it when it cannot be
   */
  private record Waiting(ParkedTry next, boolean executed, Failure failure) {}

  private static boolean reserve(Parking parking, Execution execution, ParkedTry next) {
    return parking.reserve(execution.record.key(), execution.record.offset(), next.due());
  }

  private void store(Parking parking, Execution execution, ParkedTry next, boolean executed) {
    parksInOrder(parking, execution);
    execution.expectSends(1);
    parking
        .store()
        .put(
            InputRecords.parked(execution.record, headers(execution), next),
            record -> sender.send(new ParkSend(parking, execution, record, executed)));
  }

  /** Its next try goes on from this one, if there was any: what is behind others has not begun. */
  private static Headers headers(Execution execution) {
    Headers headers = execution.record.headers();
    if (execution.span() != null) {
      headers = new RecordHeaders(headers);
      execution.mark(headers);
    }
    return headers;
  }

  private static void parksInOrder(Parking parking, Execution execution) {
    if (parking.ordered()) {
      execution.parksInOrder();
    }
  }

  private void full(Parking parking, Execution execution, Waiting waiting) {
    if (rules.haltWhenFull()) {
      waitForRoom(parking, execution, waiting, false);
    } else {
      otherwise.failed(execution, waiting.failure());
    }
  }

  private void waitForRoom(Parking parking, Execution execution, Waiting waiting, boolean again) {
    parksInOrder(parking, execution);
    execution.block(
        new Blockage(
            "record " + execution.position() + " cannot be parked: there are as many as may be",
            FailureLog.printable(waiting.failure().cause()),
            again,
            Optional.of(
                () -> {
                  if (reserve(parking, execution, waiting.next())) {
                    // Not only when it is written: its transaction may wait for earlier records.
                    execution.unblock();
                    store(parking, execution, waiting.next(), waiting.executed());
                  } else {
                    waitForRoom(parking, execution, waiting, true);
                  }
                })));
  }

  private static Failure noRoomBehind(Execution execution) {
    return new Failure(
        FailureReason.ALGO,
        new IllegalStateException(
            "an earlier record of its key waits for a retry, and as many are parked behind it as may"
                + " be (ALGO_PARKED_PER_KEY, ALGO_PARKED_MAX)"),
        execution.tries().executions());
  }

  /** A record on its way to the store. */
  private final class ParkSend extends Send {
    private final Parking parking;

    /** Whether it has failed, and does not only wait for others. */
    private final boolean executed;

    private volatile long place = -1;

    ParkSend(
        Parking parking,
        Execution execution,
        ProducerRecord<byte[], byte[]> record,
        boolean executed) {
      super(execution, record, false);
      this.parking = parking;
      this.executed = executed;
    }

    @Override
    Sender sender() {
      return sender;
    }

    @Override
    void writtenAt(long offset) {
      place = offset;
    }

    @Override
    void acknowledged() {
      execution.settleParked(executed);
      parking.stored(execution.record.offset(), place);
    }

    @Override
    void tooLarge(Exception cause) {
      block(
          "record "
              + execution.position()
              + " is too large for "
              + record().topic()
              + ": its max.message.bytes must be 64 KiB above the input topic's",
          cause);
    }
  }
}
