package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.P0;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.execute.Blockage;

class HaltTest {

  private final List<Runnable> scheduled = new ArrayList<>();
  private final List<Long> delays = new ArrayList<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
          scheduled.add(task);
          delays.add(unit.toSeconds(delay));
          return null;
        }
      };
  private final EngineFixtures.IdleDispatcher dispatcher = new EngineFixtures.IdleDispatcher();
  private final Halt halt = new Halt(P0, dispatcher, new ScheduledTimers(timer, Runnable::run));

  @AfterEach
  void close() {
    timer.shutdownNow();
  }

  private static Blockage blockage(boolean again, Runnable retry) {
    return new Blockage("cannot write", new IllegalStateException("no"), again, Optional.of(retry));
  }

  @Test
  void triesAgainInOrderUntilTheLastIsWrittenAndGoesOn() {
    List<String> tried = new ArrayList<>();
    halt.blocked(record(P0, 7), blockage(false, () -> tried.add("a")));
    halt.blocked(record(P0, 8), blockage(false, () -> tried.add("b")));
    assertThat(dispatcher.halted).isTrue();
    assertThat(halt.report()).get().extracting(HaltReport::position).hasToString("orders-0@7");
    assertThat(scheduled).hasSize(1);
    scheduled.remove(0).run();
    assertThat(tried).describedAs("the first alone").containsExactly("a");
    halt.unblocked(7);
    assertThat(dispatcher.halted).describedAs("one is still in the way").isTrue();
    assertThat(halt.report()).get().extracting(HaltReport::position).hasToString("orders-0@8");
    scheduled.remove(0).run();
    assertThat(tried).containsExactly("a", "b");
    halt.unblocked(8);
    assertThat(dispatcher.halted).isFalse();
    assertThat(halt.report()).isEmpty();
  }

  @Test
  void noneOvertakesOneThatFailsAgain() {
    List<String> tried = new ArrayList<>();
    // The broker answers in any order; two sends of one record in theirs.
    halt.blocked(record(P0, 8), blockage(false, () -> tried.add("8")));
    halt.blocked(record(P0, 7), blockage(false, () -> tried.add("7a")));
    halt.blocked(record(P0, 7), blockage(false, () -> tried.add("7b")));
    assertThat(halt.blockedRecords()).isEqualTo(2);
    scheduled.remove(0).run();
    assertThat(tried).containsExactly("7a");
    halt.blocked(record(P0, 7), blockage(true, () -> tried.add("7a")));
    scheduled.remove(0).run();
    assertThat(tried).containsExactly("7a", "7a");
    halt.unblocked(7);
    assertThat(delays).describedAs("then the others at once").last().isEqualTo(0L);
    scheduled.remove(0).run();
    assertThat(tried).containsExactly("7a", "7a", "7b", "8");
    assertThat(scheduled).isEmpty();
  }

  @Test
  void aReleaseStopsAtTheFirstThatFailsAgain() {
    List<String> tried = new ArrayList<>();
    halt.blocked(record(P0, 7), blockage(false, () -> tried.add("7")));
    halt.blocked(
        record(P0, 8),
        blockage(
            false,
            () -> {
              tried.add("8");
              halt.blocked(record(P0, 8), blockage(true, () -> tried.add("8 again")));
            }));
    halt.blocked(record(P0, 9), blockage(false, () -> tried.add("9")));
    scheduled.remove(0).run();
    halt.unblocked(7);
    scheduled.remove(0).run();
    assertThat(tried).containsExactly("7", "8");
    assertThat(scheduled).hasSize(1);
    scheduled.remove(0).run();
    halt.unblocked(8);
    scheduled.remove(0).run();
    assertThat(tried).containsExactly("7", "8", "8 again", "9");
    halt.unblocked(9);
    assertThat(dispatcher.halted).isFalse();
  }

  @Test
  void aSendThatFailsAgainCountsOnceAndWaitsLonger() {
    halt.blocked(record(P0, 7), blockage(false, () -> {}));
    for (int i = 0; i < 7; i++) {
      scheduled.remove(0).run();
      halt.blocked(record(P0, 7), blockage(true, () -> {}));
    }
    assertThat(delays).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    halt.unblocked(7);
    assertThat(dispatcher.halted).isFalse();
  }

  @Test
  void withoutARetryItStays() {
    halt.blocked(
        record(P0, 7),
        new Blockage("failed", new IllegalStateException("no"), false, Optional.empty()));
    assertThat(scheduled).isEmpty();
    assertThat(dispatcher.halted).isTrue();
    assertThat(halt.blockedRecords()).isEqualTo(1);
  }

  @Test
  void aClosedHaltTriesNothing() {
    List<String> tried = new ArrayList<>();
    halt.blocked(record(P0, 7), blockage(false, () -> tried.add("a")));
    halt.close();
    scheduled.remove(0).run();
    assertThat(tried).isEmpty();
    halt.unblocked(7);
    assertThat(dispatcher.halted).describedAs("a partition that has gone is not resumed").isTrue();
  }

  /** In a transaction both sends of a record are written, although one alone was tried. */
  @Test
  void aSendThatHasGoneWithItsRecordIsNotTriedAgain() {
    List<String> tried = new ArrayList<>();
    halt.blocked(record(P0, 7), blockage(false, () -> tried.add("a")));
    halt.blocked(record(P0, 7), blockage(false, () -> tried.add("b")));
    scheduled.remove(0).run();
    halt.unblocked(7);
    halt.unblocked(7);
    halt.blocked(record(P0, 8), blockage(false, () -> tried.add("c")));
    while (!scheduled.isEmpty()) {
      scheduled.remove(0).run();
    }
    assertThat(tried).containsExactly("a", "c");
  }
}
