package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.execute.Deadlines;

/** The watch over carriers, in virtual time; the test is the scheduler that runs its canaries. */
class CarrierWatchTest {

  private final VirtualTime time = new VirtualTime();
  private final Deadlines.Time view =
      new Deadlines.Time() {
        @Override
        public long nanos() {
          return time.nanos();
        }

        @Override
        public Instant now() {
          return Instant.EPOCH;
        }

        @Override
        public void after(Duration delay, Runnable task) {
          time.after(delay, task);
        }
      };
  private final Deque<Runnable> canaries = new ArrayDeque<>();
  private final List<Boolean> told = new ArrayList<>();

  /** How many carriers are busy for ever. */
  private int hogs;

  private int carriers = 2;

  private CarrierWatch watch(boolean pool) {
    return new CarrierWatch(
        task ->
            new Thread() {
              @Override
              public synchronized void start() {
                canaries.add(task);
              }
            },
        view,
        pool ? Optional.of(this::change) : Optional.empty(),
        told::add);
  }

  private int change(int more) {
    carriers += more;
    return more;
  }

  private void pass(Duration duration) {
    long end = time.nanos() + duration.toNanos();
    while (time.nanos() < end) {
      time.pass(end - time.nanos());
      time.runAll();
      while (carriers > hogs && !canaries.isEmpty()) {
        canaries.remove().run();
      }
    }
  }

  @Test
  void withoutWorkItDoesNothing() {
    watch(true);
    pass(Duration.ofSeconds(10));
    assertThat(time.anyReady()).isFalse();
    assertThat(time.nanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(carriers).isEqualTo(2);
  }

  @Test
  void workThatGetsOnIsLeftAlone() {
    CarrierWatch watch = watch(true);
    watch.begun();
    pass(Duration.ofSeconds(10));
    assertThat(carriers).isEqualTo(2);
    watch.ended();
    pass(Duration.ofSeconds(1));
    long before = time.nanos();
    assertThat(time.pass(Duration.ofHours(1).toNanos()))
        .as("no look while there is nothing to look at")
        .isEqualTo(Duration.ofHours(1).toNanos());
    assertThat(time.nanos()).isGreaterThan(before);
    assertThat(told).isEmpty();
  }

  @Test
  void carriersAreAddedUntilVirtualThreadsGetOn() {
    CarrierWatch watch = watch(true);
    watch.begun();
    hogs = 50;
    pass(Duration.ofMillis(200));
    assertThat(carriers).as("within a fraction of a usual timeout").isGreaterThan(50);
    assertThat(told).as("no other relief is needed").doesNotContain(true);
  }

  @Test
  void theyAreGivenBackOneByOneAndAllInTheEnd() {
    CarrierWatch watch = watch(true);
    watch.begun();
    hogs = 20;
    pass(Duration.ofMillis(200));
    int most = carriers;
    hogs = 0;
    watch.ended();
    pass(Duration.ofSeconds(2));
    assertThat(carriers).isBetween(3, most - 1);
    pass(Duration.ofSeconds(60));
    assertThat(carriers).isEqualTo(2);
    assertThat(time.pass(Duration.ofHours(1).toNanos())).isEqualTo(Duration.ofHours(1).toNanos());
  }

  @Test
  void aHogThatNeverEndsCostsLessAndLess() {
    CarrierWatch watch = watch(true);
    watch.begun();
    hogs = 2;
    int stalls = 0;
    for (int tick = 0; tick < 60_000 / 20; tick++) {
      pass(CarrierWatch.LOOK);
      stalls += carriers <= hogs ? 1 : 0;
    }
    assertThat(stalls).as("looks of a minute that found no carrier").isLessThan(40);
  }

  @Test
  void whatItAddedIsGoneWhenItCloses() {
    CarrierWatch watch = watch(true);
    watch.begun();
    hogs = 20;
    pass(Duration.ofMillis(200));
    watch.close();
    assertThat(carriers).isEqualTo(2);
    pass(Duration.ofSeconds(5));
    assertThat(carriers).isEqualTo(2);
  }

  @Test
  void whereThereCanBeNoMoreTheReliefIsToldAtEveryLook() {
    CarrierWatch watch = watch(false);
    watch.begun();
    hogs = 2;
    pass(Duration.ofMillis(200));
    assertThat(told).hasSizeBetween(5, 10).containsOnly(true);
    hogs = 1;
    pass(Duration.ofMillis(50));
    assertThat(told).last().isEqualTo(false);
  }
}
