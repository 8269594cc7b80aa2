package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.record.Outcome;

/** What one record leads to, written in one transaction or several. */
class PreparedSendsTest {

  private final RecordTooLargeException tooLarge =
      new RecordTooLargeException("the broker refuses another record");

  private final Bench bench = Bench.manual().transactional();
  private final WriteFaults faults = new WriteFaults(() -> {});

  /** Before it returns from a record, its own thread tells that it gives the record up. */
  private final class HastyProducer extends MockProducer<byte[], byte[]> {
    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      CompletableFuture.runAsync(() -> callback.onCompletion(null, tooLarge)).join();
      return new CompletableFuture<>();
    }
  }

  private RecordingSettlement twoOutputs() {
    return bench.runText(
        (text, context) -> {
          context.emit(Bench.SIDE, "1");
          return "2";
        });
  }

  @Test
  void whatTheClientsThreadTellsBeforeTheRecordIsTakenIsNotAboutItAlone() {
    RecordingSettlement settlement = twoOutputs();
    PreparedSends good = settlement.takePrepared();
    assertThat(faults.failed(Bench.RESULT_TOPIC, tooLarge, true)).isTrue(); // the one to blame
    good.send(new HastyProducer(), faults);
    assertThat(good.isRefused()).isFalse();
    settlement.assertWithoutOutcome(0);
  }

  @Test
  void aSendInTheWayIsTriedAgainWithWhateverIsInTheWayNext() {
    RecordingSettlement settlement = twoOutputs();
    PreparedSends sends = settlement.takePrepared();
    refuse(sends, 0);
    settlement.assertWithoutOutcome(1);
    settlement.retryLast();
    assertThat(settlement.takePrepared()).isSameAs(sends);
    int before = settlement.blockages().size();
    refuse(sends, 1);
    settlement.assertWithoutOutcome(2);
    // Each is told once, the one that had been tried alone as what still is in the way.
    assertThat(settlement.blockages().subList(before, before + 2))
        .extracting(Blockage::again)
        .containsExactly(false, true);
    assertThat(settlement.blockages()).hasSize(before + 2);
    settlement.retryLast();
    settlement.takePrepared().committed();
    settlement.assertSettled(Outcome.WRITTEN);
  }

  /** What triggers others must not come before them, whichever of them was refused. */
  @Test
  void whatWasRefusedComesAgainInItsPlace() {
    PreparedSends sends = new PreparedSends();
    List<Plain> three = List.of(new Plain("0"), new Plain("1"), new Plain("2"));
    for (int refused = 0; refused < 3; refused++) {
      WriteFaults ofThis = new WriteFaults(() -> {});
      three.forEach(sends::add);
      sends.send(bench.producer, ofThis);
      for (int i = 0; i < 3; i++) {
        boolean told =
            i == refused ? bench.producer.errorNext(tooLarge) : bench.producer.completeNext();
        assertThat(told).isTrue();
      }
      sends.abortedByRefusal();
      for (int i = 2; i >= 0; i--) { // those that were dropped with it are back first
        if (i != refused) {
          sends.add(three.get(i));
        }
      }
      sends.add(three.get(refused));
      bench.producer.clear();
      sends.send(bench.producer, faults);
      assertThat(bench.producer.history())
          .extracting(record -> new String(record.value(), UTF_8))
          .containsExactly("0", "1", "2");
      while (bench.producer.completeNext()) {
        // the next round begins with nothing under way
      }
    }
  }

  /** Does nothing by itself. */
  private static final class Plain extends Send {

    private static final Sender SENDER = Sender.transactional(Runnable::run);

    Plain(String value) {
      super(null, new ProducerRecord<>(Bench.RESULT_TOPIC, value.getBytes(UTF_8)), false);
    }

    @Override
    Sender sender() {
      return SENDER;
    }

    @Override
    void acknowledged() {
      // nobody waits for it
    }

    @Override
    void tooLarge(Exception cause) {
      // it comes again when the test says so
    }

    @Override
    int together() {
      return 3;
    }
  }

  /** A transaction in which one of the record's topics is denied. */
  private void refuse(PreparedSends sends, int which) {
    WriteFaults ofThis = new WriteFaults(() -> {});
    sends.send(bench.producer, ofThis);
    for (int i = 0; i < 2; i++) {
      boolean told =
          i == which
              ? bench.producer.errorNext(new TopicAuthorizationException("denied"))
              : bench.producer.completeNext();
      assertThat(told).isTrue();
    }
    ofThis.end();
    assertThat(sends.isRefused()).isTrue();
    sends.abortedByRefusal();
  }
}
