package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import run.algo.sdk.kafka.LoggedLines;

/** What the thread that turns the loop executes itself, and how the loop ends. */
@Timeout(120)
class PollThreadsTest {

  private final PollBench bench = new PollBench();
  private final PollThreads poll = bench.poll;

  @Test
  void quickVisitsAreDoneByTheThreadThatTurnsInOrderBeforeTheNextTurn() {
    bench.turn(
        () -> {
          bench.collect(bench.quick("a"), bench.quick("b"), bench.quick("c"));
          bench.tell("turned");
        });
    bench.turn(() -> bench.tell("next"));
    bench.turnOf(bench.quick("d"));
    bench.runToEnd();
    assertThat(bench.story())
        .containsExactly("turned", "a", "b", "c", "after", "next", "d", "after");
    assertThat(bench.told)
        .extracting(PollBench.Told::by)
        .containsOnly(bench.by("owns"))
        .doesNotContain(Thread.currentThread());
    assertThat(bench.toWorkers).isEmpty();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void whatIsNotQuickOrNoVisitGoesToTheWorkers() {
    PollThreads.Visit slow = bench.slow("slow");
    Runnable plain = () -> bench.tell("plain");
    bench.turnOf(plain, bench.quick("a"), slow);
    bench.runToEnd();
    assertThat(bench.toWorkers).containsExactly(plain, slow);
    assertThat(bench.story()).containsExactly("a", "after");
  }

  @Test
  void whatIsExecutedOutsideOfACollectGoesToTheWorkers() {
    PollThreads.Visit before = bench.quick("before");
    PollThreads.Visit without = bench.quick("without");
    PollThreads.Visit later = bench.quick("later");
    PollThreads.Visit elsewhere = bench.quick("elsewhere");
    poll.execute(before);
    bench.turn(() -> poll.execute(without));
    bench.turnOf(bench.quick("a"));
    bench.turn(() -> poll.execute(later)); // what the turn before has collected was another's
    bench.turnOf(); // nothing comes of it
    bench.turn(() -> poll.execute(elsewhere));
    bench.runToEnd();
    assertThat(bench.toWorkers).containsExactly(before, without, later, elsewhere);
    assertThat(bench.story()).containsExactly("a", "after");
  }

  @Test
  void whatAnotherThreadExecutesGoesToTheWorkers() {
    PollThreads.Visit inTurn = bench.quick("inTurn");
    PollThreads.Visit inVisit = bench.quick("inVisit");
    bench.turn(
        () -> {
          poll.collect();
          elsewhere(() -> poll.execute(inTurn));
          poll.execute(bench.quick("a", () -> elsewhere(() -> poll.execute(inVisit))));
        });
    bench.runToEnd();
    assertThat(bench.toWorkers).containsExactly(inTurn, inVisit);
    assertThat(bench.story()).containsExactly("a", "after");
  }

  @Test
  void whatAVisitGivesRiseToIsDoneByThePollThreadToo() {
    PollThreads.Visit slow = bench.slow("slow");
    PollThreads.Visit second =
        bench.quick(
            "second",
            () -> {
              poll.execute(bench.quick("third"));
              poll.execute(slow);
            });
    bench.turnOf(bench.quick("first", () -> poll.execute(second)), bench.quick("other"));
    bench.turn(() -> bench.tell("next"));
    bench.runToEnd();
    assertThat(bench.story()).containsExactly("first", "other", "second", "third", "after", "next");
    assertThat(bench.toWorkers).containsExactly(slow);
  }

  @Test
  void aFailedVisitDoesNotEndTheLoop() {
    try (LoggedLines lines = new LoggedLines()) {
      bench.turnOf(
          bench.quick("a", failing(new IllegalStateException("a fails"))),
          bench.quick("b", failing(new AssertionError("b fails"))),
          bench.quick("c"));
      bench.turn(() -> bench.tell("next"));
      bench.runToEnd();
      assertThat(bench.story()).containsExactly("a", "b", "c", "after", "next");
      assertThat(lines.lines(Level.ERROR, "a task of the runner failed")).hasSize(2);
    }
  }

  @Test
  void anInterruptThatAVisitLeavesMeetsNobody() {
    List<Boolean> interrupted = new ArrayList<>();
    Runnable look = () -> interrupted.add(Thread.currentThread().isInterrupted());
    bench.turnOf(
        bench.quick("a", () -> Thread.currentThread().interrupt()),
        bench.quick("b", look),
        bench.quick(
            "c",
            () -> {
              Thread.currentThread().interrupt();
              throw new IllegalStateException("and fails");
            }));
    bench.afterVisits = look;
    bench.turn(look::run);
    bench.runToEnd();
    assertThat(interrupted).containsExactly(false, false, false);
  }

  static List<Throwable> failures() {
    return List.of(new IllegalStateException("no"), new AssertionError("no"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatATurnThrowsIsThrownAndWhatItCollectedGoesToTheWorkers(Throwable failure) {
    PollThreads.Visit one = bench.quick("one");
    PollThreads.Visit two = bench.quick("two");
    bench.turn(() -> bench.tell("first"));
    bench.turn(
        () -> {
          bench.collect(one, two);
          failing(failure).run();
        });
    assertThatThrownBy(bench::runToEnd).isSameAs(failure);
    assertThat(bench.toWorkers).containsExactly(one, two);
    assertThat(bench.story()).containsExactly("first");
  }

  @Test
  void whatALastTurnGivesRiseToIsDone() {
    bench.turn(
        () -> {
          bench.collect(bench.quick("a"));
          bench.goesOn(false);
        });
    poll.run(bench);
    assertThat(bench.story()).containsExactly("a", "after");
    assertThat(bench.toWorkers).isEmpty();
  }

  @Test
  void afterTheEndAllGoesToTheWorkers() {
    PollThreads.Visit late = bench.quick("late");
    bench.turnOf();
    bench.runToEnd();
    poll.execute(late);
    assertThat(bench.toWorkers).containsExactly(late);
  }

  /** An interrupt before the wait ends the wait that does not look again. */
  @Test
  void whoWaitsForTheEndIsNotDisturbedByAnInterruptWhichItKeeps() {
    Thread waiting = Thread.currentThread();
    bench.turn(
        () -> {
          PollBench.soon().until(() -> waiting.getState() == Thread.State.WAITING);
          bench.tell("last");
        });
    waiting.interrupt();
    bench.runToEnd();
    assertThat(bench.story()).contains("last");
    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
  }

  @Test
  void aWorkerTurnsTheLoopWhereNoThreadCanBeMade() throws InterruptedException {
    bench.exhausted = true;
    bench.beginInVain();
    Thread worker = new Thread(bench.toWorkers.take());
    bench.turnOf(bench.quick("a"));
    worker.start();
    bench.end();
    assertThat(bench.by("owns")).isSameAs(worker);
    assertThat(bench.by("a")).isSameAs(worker);
    worker.join();
  }

  @Test
  void itIsKnownWhoTurns() {
    List<String> turning = new ArrayList<>();
    List<Boolean> others = new ArrayList<>();
    Runnable look = () -> turning.add(poll.turns() ? "turns" : "visits");
    others.add(poll.turns());
    bench.turn(look::run);
    bench.turn(
        () -> {
          bench.collect(bench.quick("a", look), bench.quick("b", look));
          look.run();
        });
    bench.turn(look::run);
    bench.begin();
    bench.turned(() -> elsewhere(() -> others.add(poll.turns())));
    bench.end();
    others.add(poll.turns());
    assertThat(turning).containsExactly("turns", "turns", "visits", "visits", "turns");
    assertThat(others).containsExactly(false, false, false);
  }

  private static void elsewhere(Runnable task) {
    CountDownLatch ended = new CountDownLatch(1);
    new Thread(
            () -> {
              task.run();
              ended.countDown();
            })
        .start();
    PollBench.awaitLatch(ended);
  }

  private static Runnable failing(Throwable failure) {
    return () -> {
      if (failure instanceof Error e) {
        throw e;
      }
      throw (RuntimeException) failure;
    };
  }
}
