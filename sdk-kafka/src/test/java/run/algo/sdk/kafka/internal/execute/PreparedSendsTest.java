package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

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
