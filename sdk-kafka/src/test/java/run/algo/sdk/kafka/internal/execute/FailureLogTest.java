package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.LoggedLines;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Outcome;

class FailureLogTest {

  private final AtomicLong now = new AtomicLong();
  private final FailureLog log = new FailureLog(new RateLimit(Duration.ofSeconds(10), now::get));
  private final Bench bench = Bench.acknowledging();

  private void fail(Throwable cause) {
    Execution execution =
        new Execution(
            bench.scope(),
            bench.route((Object value, AlgoContext context) -> value),
            Bench.record("k", "v"),
            new RecordingSettlement(),
            RecordingSettlement.INDEX);
    log.failed(execution, new Failure(FailureReason.ALGO, cause, 1));
  }

  @Test
  void thousandsOfFailedRecordsAreOneLineAndOneDeadLetterEach() {
    Algo<String, Object> failing =
        (text, context) -> {
          throw new IllegalStateException("no");
        };
    RecordProcessor processor = bench.processor();
    Route route = bench.route(failing);
    long begin = System.nanoTime();
    try (LoggedLines lines = new LoggedLines()) {
      for (int i = 0; i < 10_000; i++) {
        RecordingSettlement settlement = new RecordingSettlement();
        processor.process(
            route,
            Bench.record("k", "v"),
            settlement,
            RecordingSettlement.INDEX,
            Bench.NEVER_PENDING);
        settlement.assertSettled(Outcome.DEAD_LETTERED);
      }
      long intervals = 1 + (System.nanoTime() - begin) / RecordProcessors.LOG_INTERVAL.toNanos();
      assertThat(bench.producer.history()).hasSize(10_000);
      assertThat(lines.lines(Level.WARN)).hasSizeBetween(1, (int) intervals);
      assertThat(lines.lines(Level.INFO)).isEmpty();
      assertThat(lines.lines(Level.ERROR)).isEmpty();
    }
  }

  @Test
  void failuresOfAKindAreOneLineAnIntervalThatCountsTheOthers() {
    try (LoggedLines lines = new LoggedLines()) {
      for (int i = 0; i < 10_000; i++) {
        fail(new IllegalStateException("no " + i));
      }
      fail(new IllegalArgumentException("another kind"));
      now.set(Duration.ofSeconds(10).toNanos());
      fail(new IllegalStateException("no more"));
      assertThat(lines.lines(Level.WARN))
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsExactly(
              "record t.orders-2@41 failed, reason algo, after 1 executions (and 0 more like it)",
              "record t.orders-2@41 failed, reason algo, after 1 executions (and 0 more like it)",
              "record t.orders-2@41 failed, reason algo, after 1 executions (and 9999 more like"
                  + " it)");
      assertThat(lines.lines(Level.WARN))
          .extracting(line -> line.getThrowableProxy().getMessage())
          .containsExactly("no 0", "another kind", "no more");
    }
  }
}
