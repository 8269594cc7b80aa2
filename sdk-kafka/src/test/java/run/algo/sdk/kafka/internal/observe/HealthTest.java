package run.algo.sdk.kafka.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;

class HealthTest {

  // The monotonic clock may be negative, and may wrap.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicReference<Condition> condition = new AtomicReference<>(new Condition.Calm());
  private final AtomicReference<RunnerView> view = new AtomicReference<>(RunnerView.NONE);
  private final Health.Progress progress = new Health.Progress(Duration.ofMinutes(5), view::get);
  private final Health health =
      new Health(
          Duration.ofSeconds(60), Duration.ofSeconds(11), clock::get, condition::get, progress);

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Test
  void aRunnerThatDoesNotTurnYetOrAnyMoreIsHealthyForEver() {
    pass(Duration.ofDays(1));
    assertThat(health.ailment()).isEmpty();
  }

  @Test
  void aPollThreadMayStandStillForOneTurnAndTheGrace() {
    condition.set(new Condition.Turning(clock.get()));
    pass(Duration.ofSeconds(71));
    assertThat(health.ailment()).isEmpty();
    pass(Duration.ofNanos(1));
    assertThat(health.ailment()).hasValue("the poll thread has not turned for 71 s");
  }

  @Test
  void oneTurnMakesItHealthyAgain() {
    condition.set(new Condition.Turning(clock.get()));
    pass(Duration.ofMinutes(5));
    assertThat(health.ailment()).isPresent();
    condition.set(new Condition.Turning(clock.get()));
    assertThat(health.ailment()).isEmpty();
  }

  @Test
  void aFailureIsToldAfterTheGrace() {
    condition.set(new Condition.Failed(clock.get(), "org.example.Broken"));
    pass(Duration.ofSeconds(60).minusNanos(1));
    assertThat(health.ailment()).isEmpty();
    pass(Duration.ofNanos(1));
    assertThat(health.ailment()).hasValue("the runner has failed: org.example.Broken");
  }

  @Test
  void withoutGraceAFailureIsToldAtOnce() {
    Health strict =
        new Health(Duration.ZERO, Duration.ofSeconds(1), clock::get, condition::get, progress);
    condition.set(new Condition.Failed(clock.get(), "org.example.Broken"));
    assertThat(strict.ailment()).isPresent();
  }

  @Test
  void tooManyAbandonedExecutionsAreToldAfterTheGraceAndAsLongAsTheyAre() {
    Condition turning = new Condition.Turning(clock.get());
    condition.set(new Condition.Overrun(clock.get(), 17, 16, turning));
    pass(Duration.ofSeconds(60).minusNanos(1));
    assertThat(health.ailment()).isEmpty();
    pass(Duration.ofNanos(1));
    assertThat(health.ailment())
        .hasValue("17 executions that have timed out still run, more than ALGO_ABANDONED_LIMIT=16");
    condition.set(turning);
    assertThat(health.ailment()).isEmpty();
  }

  @Test
  void abandonedExecutionsHideNoOtherAilment() {
    Condition turning = new Condition.Turning(clock.get());
    pass(Duration.ofSeconds(72));
    condition.set(new Condition.Overrun(clock.get(), 17, 16, turning));
    assertThat(health.ailment()).hasValue("the poll thread has not turned for 72 s");
  }

  @Test
  void thatNoProducerWorksIsToldAfterTheGraceAndHidesNothing() {
    Condition turning = new Condition.Turning(clock.get());
    condition.set(new Condition.Producerless(clock.get(), "org.example.Fatal", turning));
    pass(Duration.ofSeconds(60).minusNanos(1));
    assertThat(health.ailment()).isEmpty();
    pass(Duration.ofNanos(1));
    assertThat(health.ailment())
        .hasValue(
            "the producer has failed for good, and no other has worked since: org.example.Fatal");
    pass(Duration.ofSeconds(12));
    condition.set(new Condition.Producerless(clock.get(), "org.example.Fatal", turning));
    assertThat(health.ailment()).hasValue("the poll thread has not turned for 72 s");
  }

  private static RunnerView stuck(boolean stuck, double idle, Slow record) {
    return Views.of(Views.partition("in", "other", 0), Views.stuck(stuck, idle, record, "in"));
  }

  @Test
  void whatIsStuckIsNamedWithTheStackOfItsThreadAfterTheGrace() {
    condition.set(new Condition.Turning(clock.get()));
    Slow held =
        new Slow(
            "orders",
            3,
            17,
            "t-1",
            true,
            400,
            "algo-worker-2",
            List.of("a.B.run(B.java:7)", "c.D"));
    view.set(stuck(true, 359.9, held));
    assertThat(health.ailment()).as("within the grace").isEmpty();
    view.set(stuck(false, 400, held));
    assertThat(health.ailment()).as("slow").isEmpty();
    view.set(stuck(true, 360, held));
    assertThat(health.ailment())
        .hasValue(
            "orders-3 has settled nothing for 360 s while work waits (ALGO_STUCK_AFTER): offset 17,"
                + " trace t-1, is executed by thread algo-worker-2\n\tat a.B.run(B.java:7)\n\tat c.D");
  }

  @Test
  void whatIsStuckWithoutAThreadIsNamedToo() {
    condition.set(new Condition.Turning(clock.get()));
    view.set(stuck(true, 400, new Slow("orders", 3, 17, "", true, 400, "", List.of())));
    assertThat(health.ailment().orElseThrow())
        .endsWith("offset 17, is executed by no thread: its stage has not been completed");
    view.set(stuck(true, 400, new Slow("orders", 3, 17, "", false, 400, "", List.of())));
    assertThat(health.ailment().orElseThrow()).endsWith("offset 17, waits and is not begun");
  }
}
