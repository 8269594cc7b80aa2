package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import run.algo.sdk.kafka.internal.engine.PollBench.Hold;

/** Visits that workers have begun, and the poll thread goes on with. */
@Timeout(120)
class PollThreadsTakeTest {

  private final PollBench bench = new PollBench();
  private final PollThreads poll = bench.poll;

  @Test
  void thePollThreadIsWokenWithinItsTurnAndGoesOnWithTheVisit() {
    bench.begin();
    bench.turned(() -> {});
    assertThat(poll.take(bench.quick("a"))).isTrue();
    assertThat(bench.by("a")).isSameAs(bench.by("owns"));
    assertThat(bench.wakes).hasValue(1);
    bench.turned(() -> bench.collect(bench.quick("b")));
    assertThat(poll.take(bench.quick("c"))).isTrue();
    bench.by("c");
    assertThat(bench.wakes).hasValue(2);
    bench.end();
    assertThat(bench.story()).containsExactly("a", "after", "b", "after", "c", "after");
    assertThat(bench.toWorkers).isEmpty();
  }

  @Test
  void whereItVisitsAnywayItIsNotWoken() {
    Hold hold = new Hold(false);
    bench.begin();
    bench.turnOf(hold, bench.quick("b"));
    hold.awaitHeld();
    assertThat(poll.take(bench.quick("a"))).isTrue();
    hold.release();
    assertThat(bench.by("a")).isSameAs(hold.thread());
    bench.end();
    assertThat(bench.wakes).hasValue(0);
    assertThat(bench.story()).containsExactly("b", "a", "after");
  }

  @Test
  void whereItCollectsItIsNotWoken() {
    CountDownLatch collecting = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    bench.begin();
    bench.turn(
        () -> {
          poll.collect();
          collecting.countDown();
          PollBench.awaitLatch(taken);
        });
    PollBench.awaitLatch(collecting);
    assertThat(poll.take(bench.quick("a"))).isTrue();
    taken.countDown();
    assertThat(bench.by("a")).isSameAs(bench.by("owns"));
    bench.end();
    assertThat(bench.wakes).hasValue(0);
  }

  @Test
  void whatATakenVisitGivesRiseToIsThePollThreadsToo() {
    bench.begin();
    bench.turned(() -> {});
    assertThat(poll.take(bench.quick("a", () -> poll.execute(bench.quick("b"))))).isTrue();
    assertThat(bench.by("b")).isSameAs(bench.by("owns"));
    bench.end();
    assertThat(bench.story()).containsExactly("a", "b", "after");
  }

  @Test
  void aTakenVisitThatLastsIsLeftBehindToo() {
    Hold hold = new Hold(false);
    bench.begin();
    bench.turned(() -> {});
    assertThat(poll.take(hold)).isTrue();
    hold.awaitHeld();
    PollThreads.Visit waiting = bench.quick("waiting");
    assertThat(poll.take(waiting)).isTrue();
    bench.look();
    bench.look();
    assertThat(bench.left).containsExactly(hold.thread());
    assertThat(bench.toWorkers).containsExactly(waiting);
    hold.release();
    bench.by("done");
    bench.end();
    assertThat(bench.story()).containsExactly("after");
  }

  @Test
  void nothingIsTakenWhileItExecutesNothing() {
    bench.begin();
    bench.relieve();
    bench.turned(() -> {});
    bench.passes(Duration.ofMillis(100).minusNanos(1));
    assertThat(poll.take(bench.quick("a"))).isFalse();
    bench.passes(Duration.ofNanos(1));
    assertThat(poll.take(bench.quick("b"))).isTrue();
    bench.by("b");
    bench.end();
    assertThat(bench.story()).containsExactly("after", "b", "after");
    assertThat(bench.wakes).hasValue(1);
  }

  @Test
  void nothingIsTakenFromThePollThreadItself() {
    List<Boolean> taken = new ArrayList<>();
    Runnable take = () -> taken.add(poll.take(bench.quick("a")));
    bench.turn(take::run); // though it collects nothing
    bench.turn(
        () -> {
          bench.collect(bench.quick("b", take));
          take.run();
        });
    bench.runToEnd();
    assertThat(taken).containsExactly(false, false, false);
    assertThat(bench.story()).containsExactly("b", "after");
    assertThat(bench.wakes).hasValue(0);
  }

  @Test
  void nothingIsTakenBeforeTheLoopAndAfterIt() {
    assertThat(poll.take(bench.quick("before"))).isFalse();
    bench.runToEnd();
    assertThat(poll.take(bench.quick("after the end"))).isFalse();
    assertThat(bench.story()).isEmpty();
    assertThat(bench.wakes).hasValue(0);
  }

  @Test
  void whatWasTakenWhenTheLoopEndsGoesToTheWorkers() {
    PollThreads.Visit one = bench.quick("one");
    IllegalStateException failure = new IllegalStateException("no");
    bench.turn(
        () -> {
          poll.collect();
          Thread worker = new Thread(() -> bench.tell("taken " + poll.take(one)));
          worker.start();
          worker.join();
          throw failure;
        });
    assertThatThrownBy(bench::runToEnd).isSameAs(failure);
    assertThat(bench.toWorkers).containsExactly(one);
    assertThat(bench.story()).containsExactly("taken true");
  }

  /** A turn that ends by nothing but a wake-up would last forever if one of them were missed. */
  @Test
  void noneOfThoseTakenIsForgotten() throws InterruptedException {
    int each = 2_000;
    Semaphore wakes = new Semaphore(0);
    AtomicInteger left = new AtomicInteger(2 * each);
    AtomicInteger missed = new AtomicInteger();
    List<Thread> givers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      givers.add(
          new Thread(
              () -> {
                for (int visit = 0; visit < each; visit++) {
                  CountDownLatch visited = new CountDownLatch(1);
                  if (poll.take(bench.quick("visit", visited::countDown))) {
                    PollBench.awaitLatch(visited);
                  } else {
                    missed.incrementAndGet();
                  }
                  left.decrementAndGet();
                }
                wakes.release();
              }));
    }
    Random random = new Random(7);
    poll.run(
        new PollThreads.Loop() {
          @Override
          public void own() {
            givers.forEach(Thread::start);
          }

          @Override
          public boolean turn() {
            wakes.acquireUninterruptibly();
            wakes.drainPermits();
            if (random.nextBoolean()) {
              poll.collect();
            }
            return left.get() > 0;
          }

          @Override
          public void wake() {
            wakes.release();
          }
        });
    for (Thread giver : givers) {
      giver.join();
    }
    assertThat(missed).hasValue(0);
    assertThat(left).hasValue(0);
  }
}
