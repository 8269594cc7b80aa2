package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.kafka.internal.record.Outcome;

class OutageFuseTest {

  private final Exception down = new IllegalStateException(new ConnectException("refused"));

  private final Algo<String, Object> failing =
      (text, context) -> {
        throw down;
      };

  private long time = Long.MAX_VALUE - 5; // it may pass the end of its range
  private final List<Boolean> told = new ArrayList<>();
  private final OutageFuse fuse =
      new OutageFuse(
          () -> time,
          new FailureRules.Counter() {
            @Override
            public void retried(int step, int retryNum) {}

            @Override
            public void outage(boolean down) {
              told.add(down);
            }
          });

  @Test
  void blowsWhenManyKeysFailInARowForOneCause() {
    blow();
    assertThat(fuse.hold()).contains(OutageFuse.FIRST_PROBE);
  }

  @Test
  void aSuccessBetweenMeansThatTheDependencyIsThere() {
    for (int i = 0; i < 10 * OutageFuse.KEYS; i++) {
      assertThat(fuse.failed(key(i), down)).isEmpty();
      if (i % (OutageFuse.KEYS - 1) == 0) {
        fuse.succeeded();
      }
    }
    assertThat(fuse.hold()).isEmpty();
  }

  @Test
  void oneKeyThatFailsAgainAndAgainIsBadData() {
    for (int i = 0; i < 10 * OutageFuse.KEYS; i++) {
      assertThat(fuse.failed(key(i % (OutageFuse.KEYS - 1)), down)).isEmpty();
    }
  }

  /** What does not reach the Algo says nothing about what the Algo depends on. */
  @Test
  void aProbeWithoutAVerdictIsFollowedByAnotherAtOnce() {
    blow();
    pass(OutageFuse.FIRST_PROBE);
    assertThat(fuse.hold()).isEmpty();
    assertThat(fuse.hold()).isPresent();
    fuse.inconclusive();
    assertThat(fuse.hold()).isEmpty();
    assertThat(fuse.hold()).isPresent();
  }

  @Test
  void oneRecordWithoutAKeyIsNoOutage() {
    Bench bench = Bench.acknowledging().fuse();
    RecordProcessor processor = bench.processor();
    for (int i = 0; i < 3 * OutageFuse.KEYS; i++) {
      run(bench, processor, null).assertSettled(Outcome.DEAD_LETTERED);
    }
  }

  @Test
  void differentCausesAreBadData() {
    for (int i = 0; i < 10 * OutageFuse.KEYS; i++) {
      assertThat(fuse.failed(key(i), i % 2 == 0 ? down : new Exception("bad"))).isEmpty();
    }
  }

  @Test
  void oneProbeAtATimeAndLaterEachTime() {
    blow();
    Duration backoff = OutageFuse.FIRST_PROBE;
    for (int probe = 0; probe < 10; probe++) {
      pass(backoff.minusNanos(1));
      assertThat(fuse.hold()).contains(Duration.ofNanos(1));
      pass(Duration.ofNanos(1));
      assertThat(fuse.hold()).as("the probe").isEmpty();
      assertThat(fuse.hold()).as("another").isPresent();
      backoff = min(backoff.multipliedBy(2), OutageFuse.LAST_PROBE);
      assertThat(fuse.failed(key(probe), down)).contains(OutageFuse.LOOK);
    }
  }

  @Test
  void aProbeThatSucceedsEndsTheOutage() {
    blow();
    pass(OutageFuse.FIRST_PROBE);
    assertThat(fuse.hold()).isEmpty();
    assertThat(told).containsExactly(true);
    fuse.succeeded();
    assertThat(told).containsExactly(true, false);
    assertThat(fuse.hold()).isEmpty();
    assertThat(fuse.failed(key(1), down)).as("from the beginning").isEmpty();
  }

  /** Its partition may have gone to another member. */
  @Test
  void aProbeThatNeverEndsIsFollowedByAnother() {
    blow();
    pass(OutageFuse.FIRST_PROBE);
    assertThat(fuse.hold()).isEmpty();
    pass(OutageFuse.PROBE_LIMIT.minusNanos(1));
    assertThat(fuse.hold()).isPresent();
    pass(Duration.ofNanos(1));
    assertThat(fuse.hold()).isEmpty();
  }

  @Test
  void whatWasUnderWayIsNoProbe() {
    blow();
    assertThat(fuse.failed(key(1), down)).contains(OutageFuse.FIRST_PROBE);
    assertThat(fuse.failed(key(2), down)).contains(OutageFuse.FIRST_PROBE);
  }

  @Test
  void anExceptionThatThrowsIsACauseToo() {
    Exception hostile =
        new Exception("hostile") {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized Throwable getCause() {
            throw new IllegalStateException("no");
          }
        };
    assertThat(fuse.failed(key(1), hostile)).isEmpty();
  }

  /** Neither are the records executed, nor do they use up a try or go to the dead letters. */
  @Test
  void recordsWaitInTheirPlace() {
    Bench bench = Bench.acknowledging().fuse();
    RecordProcessor processor = bench.processor();
    for (int i = 1; i < OutageFuse.KEYS; i++) {
      run(bench, processor, "k" + i).assertSettled(Outcome.DEAD_LETTERED);
    }
    RecordingSettlement last = run(bench, processor, "last");
    RecordingSettlement next = run(bench, processor, "next");
    assertThat(bench.executions).hasValue(OutageFuse.KEYS);
    assertThat(last.waits()).hasSize(1);
    assertThat(next.waits()).hasSize(1);
    assertThat(last.failures()).as("it was executed").isEqualTo(1);
    assertThat(next.failures()).as("it was not").isZero();
    assertThat(next.tries(RecordingSettlement.INDEX).executions()).isZero();
    assertThat(bench.producer.history()).hasSize(OutageFuse.KEYS - 1);
  }

  private RecordingSettlement run(Bench bench, RecordProcessor processor, String key) {
    RecordingSettlement settlement = new RecordingSettlement();
    processor.process(
        bench.route(bench.counting(failing)),
        Bench.record(key, "value"),
        settlement,
        RecordingSettlement.INDEX,
        Bench.NEVER_PENDING);
    return settlement;
  }

  private void blow() {
    for (int i = 1; i < OutageFuse.KEYS; i++) {
      assertThat(fuse.failed(key(i), down)).isEmpty();
    }
    assertThat(fuse.failed(key(OutageFuse.KEYS), down)).contains(OutageFuse.FIRST_PROBE);
  }

  private void pass(Duration duration) {
    time += duration.toNanos();
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static int key(int i) {
    return ("key" + i).hashCode();
  }
}
