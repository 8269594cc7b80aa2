package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** Whose fault it is that a transaction cannot be written. */
class WriteFaultsTest {

  private final AtomicInteger amiss = new AtomicInteger();
  private final WriteFaults faults = new WriteFaults(amiss::incrementAndGet);

  @Test
  void whatTheClientGivesUpWithARefusedRecordIsNotToBlame() {
    RecordTooLargeException error = new RecordTooLargeException("too large");
    assertThat(faults.failed("out", error, true)).isTrue();
    assertThat(faults.failed("out", error, true)).as("the same error").isFalse();
    assertThat(faults.failed("out", new RecordTooLargeException("x"), true)).isFalse();
    assertThat(faults.anyRefused()).isTrue();
    assertThat(faults.first()).contains(error);
  }

  @Test
  void whatTheClientDoesNotTakeIsAlwaysToBlame() {
    assertThat(faults.failed("out", new RecordTooLargeException("x"), true)).isTrue();
    assertThat(faults.failed("side", new RecordTooLargeException("y"), false)).isTrue();
  }

  @Test
  void allRecordsOfADeniedTopicAreToBlameAndNoOthers() {
    Exception named = new TopicAuthorizationException(Set.of("side"));
    assertThat(faults.failed("out", named, true)).as("told first, and not meant").isFalse();
    assertThat(faults.failed("side", named, true)).isTrue();
    assertThat(faults.failed("side", named, true)).isTrue();
    Exception bare = new TopicAuthorizationException("denied");
    assertThat(faults.failed("side", bare, true)).isTrue();
    assertThat(faults.failed("out", bare, true)).isFalse();
  }

  @Test
  void aTopicThatCannotBeFoundIsAMatterOfItsRecordAnExpiredBatchIsNot() {
    assertThat(faults.failed("out", new TimeoutException("expired"), true)).isFalse();
    assertThat(faults.failed("out", new BufferExhaustedException("full"), false)).isFalse();
    assertThat(faults.failed("out", new KafkaException("fenced"), false)).isFalse();
    assertThat(faults.anyRefused()).isFalse();
    assertThat(faults.failed("gone", new TimeoutException("no leader"), false)).isTrue();
  }

  /** What the client refuses by itself leaves no gap in its sequence. */
  @Test
  void theProducerIsGivenUpOnceAndForABatchThatWasSent() {
    assertThat(faults.failed("out", new RecordTooLargeException("x"), true)).isTrue();
    assertThat(faults.failed("out", new RecordTooLargeException("x"), true)).isFalse();
    assertThat(faults.amiss()).isTrue();
    assertThat(amiss).hasValue(1);
    WriteFaults others = new WriteFaults(amiss::incrementAndGet);
    others.failed("out", new RecordTooLargeException("x"), false);
    others.failed("out", new RecordTooLargeException("x"), true);
    assertThat(others.amiss()).isFalse();
    assertThat(amiss).hasValue(1);
  }

  @Test
  void whatIsToldLateIsOfNoInterest() {
    faults.end();
    assertThat(faults.failed("out", new RecordTooLargeException("late"), true)).isFalse();
    assertThat(faults.first()).isEmpty();
  }
}
