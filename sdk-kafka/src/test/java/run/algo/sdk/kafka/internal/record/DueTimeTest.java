package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DueTimeTest {

  private static final long NOW = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final long MILLI = 1_000_000;

  private static Headers headers(String... pairs) {
    RecordHeaders headers = new RecordHeaders();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.add(pairs[i], pairs[i + 1].getBytes(UTF_8));
    }
    return headers;
  }

  private static ConsumerRecord<byte[], byte[]> written(long timestamp) {
    return new ConsumerRecord<>(
        "t",
        0,
        0,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        new byte[0],
        new byte[0],
        headers(),
        Optional.empty());
  }

  /** How long a record waits that is read now, in milliseconds; negative when it is late. */
  private static long wait(long due, long timestamp, long now) {
    return (DueTime.nanos(due, written(timestamp), now * MILLI) - now * MILLI) / MILLI;
  }

  @Test
  void prefersMilliseconds() {
    assertThat(DueTime.of(headers("retryTimestamp", "1700000001"))).isEqualTo(1_700_000_001_000L);
    assertThat(DueTime.of(headers("retryTimestampMs", "1700000000123"))).isEqualTo(NOW + 123);
    assertThat(
            DueTime.of(
                headers("retryTimestamp", "1700000001", "retryTimestampMs", "1700000000123")))
        .isEqualTo(NOW + 123);
  }

  @Test
  void theLastHeaderOfANameCounts() {
    assertThat(DueTime.of(headers("retryTimestampMs", "1", "retryTimestampMs", "2"))).isEqualTo(2);
  }

  @Test
  void withoutOneIsDueAtOnce() {
    assertThat(DueTime.of(headers())).isEqualTo(DueTime.AT_ONCE);
    assertThat(DueTime.of(headers("retryTimestampMs", ""))).isEqualTo(DueTime.AT_ONCE);
    assertThat(wait(DueTime.AT_ONCE, NOW, NOW)).isNegative();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "soon", " 1", "1700000000L", "9999999999999999999", "0x10"})
  void whatIsNoNumberIsMalformedAndDueAtOnce(String text) {
    assertThat(DueTime.of(headers("retryTimestampMs", text))).isEqualTo(DueTime.MALFORMED);
    assertThat(DueTime.of(headers("retryTimestamp", text))).isEqualTo(DueTime.MALFORMED);
    assertThat(wait(DueTime.MALFORMED, NOW, NOW)).isNegative();
  }

  @Test
  void whatDoesNotFitIsNeverDueRatherThanAtOnce() {
    assertThat(DueTime.of(headers("retryTimestamp", "999999999999999999")))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(DueTime.nanos(Long.MAX_VALUE, written(-1), NOW * MILLI)).isEqualTo(Long.MAX_VALUE);
    assertThat(DueTime.nanos(Long.MAX_VALUE, written(0), NOW * MILLI)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void waitsUntilItsDueTime() {
    assertThat(wait(NOW + 30_000, NOW, NOW)).isEqualTo(30_000);
    assertThat(wait(NOW + 30_000, NOW, NOW + 10_000)).isEqualTo(20_000);
    assertThat(wait(NOW + 30_000, NOW, NOW + 40_000)).isEqualTo(-10_000);
  }

  @Test
  void aClockThatIsBehindWaitsNoLongerThanWasMeant() {
    assertThat(wait(NOW + 30_000, NOW, NOW - HOUR)).isEqualTo(30_000);
  }

  @Test
  void aTimestampThatIsNotBeforeTheDueTimeSaysNothing() {
    assertThat(wait(NOW + 30_000, NOW + HOUR, NOW)).isEqualTo(30_000);
    assertThat(wait(NOW + 30_000, -1, NOW)).isEqualTo(30_000);
  }

  @Test
  void theClockRunsByTheMonotonicTimeAlone() {
    AtomicLong monotonic = new AtomicLong(-5);
    SteadyClock clock = new SteadyClock(NOW, monotonic::get);
    assertThat(clock.millis()).isEqualTo(NOW);
    monotonic.addAndGet(1_999_999);
    assertThat(clock.millis()).isEqualTo(NOW + 1);
    assertThat(clock.nanos()).isEqualTo(NOW * MILLI + 1_999_999);
    assertThat(SteadyClock.SYSTEM.millis())
        .isBetween(System.currentTimeMillis() - HOUR, System.currentTimeMillis() + HOUR);
  }

  @Test
  void aThreadThatIsHeldUpWhileItSetsTheClockDoesNotSetItLate() {
    AtomicLong monotonic = new AtomicLong();
    long start = NOW * 1_000_000;
    AtomicLong looks = new AtomicLong();
    SteadyClock clock =
        new SteadyClock(
            () -> {
              long time = start + monotonic.get();
              monotonic.addAndGet(looks.getAndIncrement() % 3 == 0 ? 20_000_000 : 100);
              return time;
            },
            monotonic::get);
    assertThat(clock.nanos()).isEqualTo(start + monotonic.get() - 100);
  }
}
