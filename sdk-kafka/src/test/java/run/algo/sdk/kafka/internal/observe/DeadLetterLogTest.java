package run.algo.sdk.kafka.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.record.FailureReason;

class DeadLetterLogTest {

  @Test
  void keepsTheLatestAndCountsAll() {
    DeadLetterLog log = new DeadLetterLog();
    for (int i = 0; i < DeadLetterLog.KEPT + 5; i++) {
      log.add(
          new DeadLetterLog.Letter(
              Instant.EPOCH,
              new RecordPosition("t", 0, i, 0),
              i % 5 == 0 ? FailureReason.DECODE : FailureReason.ALGO,
              "a.B"));
    }

    assertThat(log.latest()).hasSize(DeadLetterLog.KEPT);
    assertThat(log.latest().get(0).position().offset()).isEqualTo(5);
    assertThat(log.latest().get(DeadLetterLog.KEPT - 1).position().offset())
        .isEqualTo(DeadLetterLog.KEPT + 4);
    assertThat(log.reasons())
        .containsOnly(entry(FailureReason.DECODE, 5L), entry(FailureReason.ALGO, 20L));
  }
}
