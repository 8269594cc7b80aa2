package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import run.algo.sdk.kafka.LoggedLines;
import run.algo.sdk.kafka.internal.engine.PollBench.Hold;

/** An execution that lasts: when another thread goes on with the loop, and what follows. */
@Timeout(120)
class PollThreadsReliefTest {

  private final PollBench bench = new PollBench();
  private final PollThreads poll = bench.poll;
  private final List<Hold> holds = new ArrayList<>();

  /** A test that fails leaves no busy thread behind. */
  @AfterEach
  void release() {
    holds.forEach(Hold::release);
  }

  private Hold waits(Runnable then) {
    Hold hold = new Hold(false, then);
    holds.add(hold);
    return hold;
  }

  private Hold waits() {
    return waits(() -> {});
  }

  private Hold isBusy() {
    Hold hold = new Hold(true);
    holds.add(hold);
    return hold;
  }

  @Test
  void aVisitThatWaitsIsLeftBehindAtTheSecondLook() {
    Hold hold = waits();
    PollThreads.Visit one = bench.quick("one");
    PollThreads.Visit two = bench.quick("two");
    bench.begin();
    bench.turnOf(bench.quick("quick"), hold, one, two);
    hold.awaitHeld();
    bench.look();
    assertThat(bench.left).as("seen for the first time").isEmpty();
    bench.look();
    assertThat(bench.left).containsExactly(hold.thread());
    assertThat(bench.toWorkers).containsExactly(one, two);
    assertThat(bench.timers).as("there is nothing more to look for").isEmpty();

    bench.turned(() -> bench.tell("goes on"));
    Thread relief = bench.by("goes on");
    assertThat(relief).isNotSameAs(hold.thread()).isNotSameAs(Thread.currentThread());
    assertThat(bench.done).as("it has not ended its visit").isEmpty();
    assertThat(bench.story()).containsExactly("quick", "goes on");

    hold.release();
    assertThat(bench.by("done")).as("on itself").isSameAs(hold.thread());
    assertThat(bench.done).containsExactly(hold.thread());
    PollBench.soon().until(() -> !hold.thread().isAlive());
    for (int turn = 0; turn < 3; turn++) {
      String name = "turn " + turn;
      bench.turned(() -> bench.tell(name));
      assertThat(bench.by(name)).isSameAs(relief);
    }
    bench.end();
    assertThat(bench.left).hasSize(1);
    assertThat(bench.done).hasSize(1);
    assertThat(bench.toWorkers).as("each once").hasSize(2);
    assertThat(bench.told)
        .extracting(PollBench.Told::what)
        .containsSubsequence("owns", "quick", "owns", "goes on", "after", "done")
        .contains("left");
    assertThat(bench.by("after")).as("that has executed").isSameAs(hold.thread());
  }

  @Test
  void whatTheLeftThreadExecutesGoesToTheWorkers() {
    PollThreads.Visit late = bench.quick("late");
    Hold hold = waits(() -> poll.execute(late));
    bench.begin();
    bench.turnOf(hold);
    hold.awaitHeld();
    bench.look();
    bench.look();
    hold.release();
    bench.by("done");
    bench.end();
    assertThat(bench.toWorkers).containsExactly(late);
    assertThat(bench.story()).containsExactly("after");
  }

  /** It is the owner when it begins to execute something, and is not when it goes on with that. */
  @Test
  void whatIsExecutedAcrossTheReliefGoesToTheWorkers() {
    Hold hold = waits();
    PollThreads.Visit slowly =
        new PollThreads.Visit() {
          @Override
          public void run() {
            bench.tell("visited");
          }

          @Override
          public boolean isQuick() {
            hold.run();
            return true;
          }
        };
    bench.begin();
    bench.turnOf(bench.quick("a", () -> poll.execute(slowly)));
    hold.awaitHeld();
    bench.look();
    bench.look();
    hold.release();
    bench.by("done");
    assertThat(bench.toWorkers).containsExactly(slowly);
    bench.end();
    assertThat(bench.story()).containsExactly("a", "after");
  }

  @Test
  void aVisitAtWorkIsLeftBehindAfterThreeMoreLooks() {
    Hold hold = isBusy();
    bench.begin();
    bench.turnOf(hold);
    hold.awaitHeld();
    for (int looks = 0; looks < 3; looks++) {
      bench.look();
      assertThat(bench.left).isEmpty();
    }
    bench.look();
    assertThat(bench.left).containsExactly(hold.thread());
    bench.turned(() -> bench.tell("goes on"));
    hold.release();
    bench.by("done");
    bench.end();
    assertThat(bench.by("goes on")).isNotSameAs(hold.thread());
  }

  @Test
  void otherVisitsThanBeforeAreNotLeftBehind() {
    Hold first = waits();
    Hold second = waits();
    bench.begin();
    bench.turnOf(first, second);
    first.awaitHeld();
    bench.look();
    first.release();
    second.awaitHeld();
    bench.look();
    assertThat(bench.left).as("another one").isEmpty();
    bench.look();
    assertThat(bench.left).containsExactly(second.thread());
    second.release();
    bench.by("done");
    bench.end();
  }

  @Test
  void looksAtOneVisitDoNotCountForTheNext() {
    Hold first = isBusy();
    Hold second = isBusy();
    bench.begin();
    bench.turnOf(first, second);
    first.awaitHeld();
    for (int looks = 0; looks < 3; looks++) {
      bench.look();
    }
    first.release();
    second.awaitHeld();
    for (int looks = 0; looks < 3; looks++) {
      bench.look();
      assertThat(bench.left).isEmpty();
    }
    bench.look();
    assertThat(bench.left).hasSize(1);
    second.release();
    bench.by("done");
    bench.end();
  }

  @Test
  void aTurnThatWaitsIsNotLeftBehind() {
    bench.begin();
    bench.turned(() -> bench.collect(bench.quick("a")));
    // From here on the loop waits within a turn.
    bench.look();
    bench.look();
    assertThat(bench.left).isEmpty();
    bench.end();
  }

  @Test
  void looksEndWhereNothingIsVisitedAndTheNextVisitBringsThemBack() {
    bench.begin();
    bench.turned(bench::collect);
    assertThat(bench.timers).as("nothing is visited").isEmpty();
    bench.turned(() -> bench.collect(bench.quick("a"), bench.quick("b")));
    bench.turned(() -> bench.collect(bench.quick("c")));
    assertThat(bench.timers).as("one is enough").hasSize(1);
    bench.look();
    assertThat(bench.timers).as("there were visits").hasSize(1);
    bench.look();
    assertThat(bench.timers).as("there were none since").isEmpty();
    bench.turned(() -> bench.tell("turn"));
    assertThat(bench.timers).isEmpty();
    bench.turned(() -> bench.collect(bench.quick("d")));
    assertThat(bench.timers).hasSize(1);
    bench.end();
    bench.look();
    assertThat(bench.timers).as("the loop has ended").isEmpty();
    assertThat(bench.left).isEmpty();
  }

  @Test
  void looksComeBackAfterARelief() {
    bench.begin();
    bench.relieve();
    assertThat(bench.timers).isEmpty();
    bench.passes(Duration.ofMillis(100));
    bench.turned(() -> bench.collect(bench.quick("a")));
    assertThat(bench.timers).hasSize(1);
    bench.end();
  }

  @Test
  void nothingIsExecutedForAWhileThatDoublesUpToTenSeconds() {
    bench.begin();
    for (long millis : List.of(100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000)) {
      bench.relieve();
      assertThat(bench.collects()).as("at once").isFalse();
      bench.passes(Duration.ofMillis(millis).minusNanos(1));
      assertThat(bench.collects()).as("shortly before %s ms", millis).isFalse();
      bench.passes(Duration.ofNanos(1));
      assertThat(bench.collects()).as("after %s ms", millis).isTrue();
    }
    bench.end();
  }

  @Test
  void afterACalmTimeTheWhileIsShortAgain() {
    bench.begin();
    bench.relieve();
    bench.passes(Duration.ofMillis(100));
    bench.passes(Duration.ofMillis(800));
    bench.relieve(); // eight times as long is not calm yet
    bench.passes(Duration.ofMillis(200).minusNanos(1));
    assertThat(bench.collects()).isFalse();
    bench.passes(Duration.ofNanos(1));
    bench.passes(Duration.ofMillis(1600).plusNanos(1));
    bench.relieve();
    bench.passes(Duration.ofMillis(100).minusNanos(1));
    assertThat(bench.collects()).isFalse();
    bench.passes(Duration.ofNanos(1));
    assertThat(bench.collects()).isTrue();
    bench.end();
  }

  @Test
  void theFirstWhileIsTheShortestThoughItComesLate() {
    bench.passes(Duration.ofDays(1));
    bench.begin();
    bench.relieve();
    bench.passes(Duration.ofMillis(100).minusNanos(1));
    assertThat(bench.collects()).isFalse();
    bench.passes(Duration.ofNanos(1));
    assertThat(bench.collects()).isTrue();
    bench.end();
  }

  @Test
  void aWorkerGoesOnWhereNoThreadCanBeMade() throws InterruptedException {
    PollThreads.Visit rest = bench.quick("rest");
    Hold hold = waits();
    bench.begin();
    bench.turnOf(hold, rest);
    hold.awaitHeld();
    bench.exhausted = true;
    bench.look();
    try (LoggedLines lines = new LoggedLines()) {
      bench.look();
      assertThat(lines.lines(Level.WARN, "a worker turns the poll loop")).hasSize(1);
    }
    Thread worker = new Thread(bench.toWorkers.take());
    worker.start();
    bench.turned(() -> bench.tell("goes on"));
    assertThat(bench.by("goes on")).isSameAs(worker);
    assertThat(bench.toWorkers).containsExactly(rest);
    hold.release();
    bench.by("done");
    bench.end();
  }

  @Test
  void aFailureOfTheLeftThreadDoesNotEndTheLoop() {
    Hold hold = waits();
    CountDownLatch failed = new CountDownLatch(1);
    bench.afterVisits =
        () -> {
          failed.countDown();
          throw new AssertionError("too late to matter");
        };
    bench.begin();
    bench.turnOf(hold);
    hold.awaitHeld();
    bench.look();
    bench.look();
    hold.release();
    PollBench.awaitLatch(failed);
    PollBench.soon().until(() -> !hold.thread().isAlive());
    bench.turned(() -> bench.tell("goes on"));
    assertThat(bench.runner().isAlive()).isTrue();
    bench.end();
    assertThat(bench.story()).containsExactly("after", "goes on");
  }

  @Test
  void theLeftThreadDoesNotTurnAndItsReliefDoes() {
    List<Boolean> turning = new CopyOnWriteArrayList<>();
    Hold hold = waits(() -> turning.add(poll.turns()));
    bench.begin();
    bench.turnOf(hold);
    hold.awaitHeld();
    bench.look();
    bench.look();
    bench.turned(() -> turning.add(poll.turns()));
    hold.release();
    bench.by("done");
    assertThat(turning).containsExactly(true, false);
    bench.end();
  }
}
