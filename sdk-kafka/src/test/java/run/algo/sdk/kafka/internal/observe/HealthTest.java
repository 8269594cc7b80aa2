package run.algo.sdk.kafka.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthTest {

  // The monotonic clock may be negative, and may wrap.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicReference<Condition> condition = new AtomicReference<>(new Condition.Calm());
  private final Health health =
      new Health(Duration.ofSeconds(60), Duration.ofSeconds(11), clock::get, condition::get);

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
    Health strict = new Health(Duration.ZERO, Duration.ofSeconds(1), clock::get, condition::get);
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
}
