package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Records whose sends meet a broker that says no. */
class SendsOfARecordTest {

  private final RecordTooLargeException tooLarge = new RecordTooLargeException("too large");
  private final TopicAuthorizationException denied = new TopicAuthorizationException("t");

  private final Bench bench = Bench.manual();

  private static Algo<String, Object> threeOutputs() {
    return (text, context) -> {
      context.emit(Bench.SIDE, "1");
      context.emit(Bench.SIDE, "2");
      return "3";
    };
  }

  private static Algo<String, Object> failing() {
    return (text, context) -> {
      throw new IllegalStateException("failing");
    };
  }

  private void acknowledge(int sends) {
    for (int i = 0; i < sends; i++) {
      assertThat(bench.producer.completeNext()).as("send %s", i).isTrue();
    }
  }

  private void refuse(RuntimeException error) {
    assertThat(bench.producer.errorNext(error)).isTrue();
  }

  private void assertNothingIsOpen() {
    assertThat(bench.producer.completeNext()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void oneTooLargeOutputOfSeveralDeadLettersTheRecordOnceAllHaveEnded(int which) {
    RecordingSettlement settlement = bench.runText(threeOutputs());
    for (int i = 0; i < 3; i++) {
      settlement.assertWithoutOutcome(0);
      assertThat(bench.sent(Bench.DEAD_LETTER_TOPIC)).as("not before the last answer").isEmpty();
      if (i == which) {
        refuse(tooLarge);
      } else {
        acknowledge(1);
      }
    }

    List<ProducerRecord<byte[], byte[]>> letters = bench.sent(Bench.DEAD_LETTER_TOPIC);
    assertThat(letters).hasSize(1);
    assertThat(Bench.header(letters.get(0), "dlqReason")).isEqualTo("too-large");
    assertThat(Bench.header(letters.get(0), "dlqAttempts")).isEqualTo("1");
    settlement.assertWithoutOutcome(0);
    acknowledge(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertNothingIsOpen();
    assertThat(bench.executions).hasValue(1);
  }

  @Test
  void severalTooLargeOutputsHaveOneDeadLetter() {
    RecordingSettlement settlement = bench.runText(threeOutputs());
    refuse(tooLarge);
    refuse(tooLarge);
    refuse(tooLarge);
    acknowledge(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertNothingIsOpen();
    assertThat(bench.counters.runnerErrors()).isEqualTo(1);
    assertThat(bench.counters.algoErrors()).isZero();
  }

  @Test
  void anOutputThatCannotBeWrittenHaltsAndIsSentAgainWithoutAnExecution() {
    RecordingSettlement settlement = bench.runText((text, context) -> "out");
    refuse(denied);

    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().cause()).isSameAs(denied);
    assertThat(settlement.lastBlockage().what()).contains(Bench.RESULT_TOPIC, "t.orders-2@41");
    assertThat(settlement.lastBlockage().again()).isFalse();

    settlement.retryLast();
    settlement.assertWithoutOutcome(1);
    refuse(denied);
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().again()).isTrue();

    settlement.retryLast();
    acknowledge(1);
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.executions).hasValue(1);
    assertThat(bench.sent(Bench.RESULT_TOPIC)).hasSize(3);
    assertThat(bench.sent(Bench.DEAD_LETTER_TOPIC)).as("an output is never given up").isEmpty();
  }

  @Test
  void eachBlockedOutputIsCountedAndTriedByItself() {
    RecordingSettlement settlement = bench.runText(threeOutputs());
    refuse(denied);
    acknowledge(1);
    refuse(new TimeoutException("t"));
    settlement.assertWithoutOutcome(2);

    settlement.blockages().forEach(blockage -> blockage.retry().orElseThrow().run());
    acknowledge(1);
    settlement.assertWithoutOutcome(1);
    acknowledge(1);
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history())
        .extracting(Bench::value)
        .containsExactly("1", "2", "3", "1", "3");
  }

  @Test
  void aBlockedOutputThatTurnsOutTooLargeDeadLettersTheRecord() {
    RecordingSettlement settlement = bench.runText((text, context) -> "out");
    refuse(denied);
    settlement.retryLast();
    refuse(tooLarge);
    acknowledge(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  @ParameterizedTest
  @CsvSource({"kafka", "state", "argument"})
  void whatTheClientThrowsAtOnceHaltsAsWell(String kind) {
    bench.producer.sendException =
        switch (kind) {
          case "kafka" -> new KafkaException("no");
          case "state" -> new IllegalStateException("no");
          default -> new IllegalArgumentException("no");
        };
    RecordingSettlement settlement = bench.runText((text, context) -> "out");
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().cause()).hasMessage("no");

    bench.producer.sendException = null;
    settlement.retryLast();
    acknowledge(1);
    settlement.assertSettled(Outcome.WRITTEN);
  }

  @Test
  void aSendThatIsInterruptedAgainAndAgainHalts() {
    bench.producer.sendException = new InterruptException("on purpose");
    RecordingSettlement settlement = bench.runText((text, context) -> "out");
    settlement.assertWithoutOutcome(1);
    assertThat(Thread.interrupted()).as("left for nobody").isFalse();

    bench.producer.sendException = null;
    settlement.retryLast();
    acknowledge(1);
    settlement.assertSettled(Outcome.WRITTEN);
  }

  @Test
  void aDeadLetterCountsOnlyWhenItIsAcknowledged() {
    RecordingSettlement settlement = bench.runText(failing());
    settlement.assertWithoutOutcome(0);
    acknowledge(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  @Test
  void aDeadLetterThatCannotBeWrittenHaltsAndIsSentAgain() {
    RecordingSettlement settlement = bench.runText(failing());
    refuse(denied);
    settlement.assertWithoutOutcome(1);
    settlement.retryLast();
    acknowledge(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertThat(bench.executions).hasValue(1);
    assertThat(bench.producer.history().get(0)).isEqualTo(bench.producer.history().get(1));
  }

  @Test
  void aTooLargeDeadLetterLosesItsStackTraceThenItsMessageThenHalts() {
    RecordingSettlement settlement = bench.runText(failing());
    refuse(tooLarge);
    refuse(tooLarge);
    settlement.assertWithoutOutcome(0);
    List<ProducerRecord<byte[], byte[]>> letters = bench.sent(Bench.DEAD_LETTER_TOPIC);
    assertThat(letters)
        .extracting(letter -> Bench.header(letter, "dlqStackTrace") != null)
        .containsExactly(true, false, false);
    assertThat(letters)
        .extracting(letter -> Bench.header(letter, "dlqExceptionMessage"))
        .containsExactly("failing", "failing", null);
    assertThat(letters)
        .allSatisfy(
            letter -> {
              assertThat(letter.partition()).isEqualTo(Bench.PARTITION);
              assertThat(Bench.key(letter)).isEqualTo("k");
              assertThat(Bench.value(letter)).isEqualTo("value");
              assertThat(Bench.header(letter, "dlqReason")).isEqualTo("algo");
            });

    refuse(tooLarge);
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().what()).contains("too large", Bench.DEAD_LETTER_TOPIC);

    settlement.retryLast();
    refuse(tooLarge);
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().again()).as("never free in between").isTrue();

    settlement.retryLast();
    acknowledge(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertNothingIsOpen();
  }

  @Test
  void aBlockedDeadLetterMayTurnOutTooLarge() {
    RecordingSettlement settlement = bench.runText(failing());
    refuse(denied);
    settlement.retryLast();
    refuse(tooLarge);
    settlement.assertWithoutOutcome(1);
    acknowledge(1);
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }
}
