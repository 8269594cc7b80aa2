package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.Ordering;

/** What a partition may have at once, by what its executions show and what others want. */
class AllowanceTest {

  private final Queue<Runnable> visits = new ArrayDeque<>();
  private final Queue<Runnable> later = new ArrayDeque<>();
  private final Slots slots = new Slots(4, visits::add, this::after);
  private final Allowance allowance = new Allowance(slots, new EnginePlan.Share(1, 6));

  private void after(Duration delay, Runnable task) {
    later.add(task);
  }

  /** Somebody waits for a slot from here on. */
  private void contend() {
    for (int i = 0; i < 5; i++) {
      slots.request(() -> {});
    }
    assertThat(slots.contended()).isTrue();
  }

  @Test
  void beginsWithTheLeast() {
    assertThat(allowance.executions()).isEqualTo(1);
    assertThat(allowance.watches()).isTrue();
  }

  @Test
  void eachExecutionThatEndsEarnsOneMoreUpToTheMost() {
    for (int i = 0; i < 20; i++) {
      allowance.ended(1_000, 0);
    }
    assertThat(allowance.executions()).isEqualTo(6);
    assertThat(allowance.canGrow()).isFalse();
  }

  @Test
  void withTheMostNobodyLooksAtTheClock() {
    Allowance whole = new Allowance(slots, EnginePlan.Share.of(3));
    assertThat(whole.watches()).isFalse();
    contend();
    assertThat(whole.watches()).isFalse();
  }

  @Test
  void fallsBackWhenItIsMuchSlowerThanTheOthersAndTheyWait() {
    Allowance others = new Allowance(slots, new EnginePlan.Share(1, 6));
    for (int i = 0; i < 10; i++) {
      allowance.ended(1_000, 0);
      others.ended(1_000, 0);
    }
    contend();
    allowance.ended(100_000, 0);
    assertThat(allowance.executions()).isEqualTo(1);
    assertThat(others.executions()).isEqualTo(6);
    others.ended(1_100, 0);
    assertThat(others.executions()).isEqualTo(6);
  }

  @Test
  void aSlowOneKeepsWhatNobodyWants() {
    for (int i = 0; i < 10; i++) {
      allowance.ended(1_000, 0);
    }
    allowance.ended(100_000, 0);
    assertThat(allowance.executions()).isEqualTo(6);
  }

  @Test
  void whereAllAreSlowNobodyIs() {
    contend();
    for (int i = 0; i < 10; i++) {
      allowance.ended(1_000_000_000, 0);
    }
    assertThat(allowance.executions()).isEqualTo(6);
  }

  @Test
  void aSpareSlotIsGivenToWhoeverHopes() {
    slots.hope(() -> allowance.grow(0));
    assertThat(allowance.executions()).isEqualTo(1);
    later.remove().run();
    assertThat(allowance.executions()).isEqualTo(2);
  }

  @Test
  void noSlotIsSpareWhileSomebodyWaits() {
    contend();
    slots.hope(() -> allowance.grow(0));
    assertThat(later).isEmpty();
    slots.release(); // for the one that waits
    assertThat(later).isEmpty();
    slots.release();
    assertThat(later).hasSize(1);
    later.remove().run();
    assertThat(allowance.executions()).isEqualTo(2);
  }

  @Test
  void aSlotThatIsTakenMeanwhileIsNotGivenAway() {
    slots.hope(() -> allowance.grow(0));
    contend();
    later.remove().run();
    assertThat(allowance.executions()).isEqualTo(1);
  }

  /** One key that stands must not stop the others; many that stand might keep what they get. */
  @Test
  void oneThatHasLongBeenWithoutAnEndWhereOthersEndQuicklyIsGivenLittleAndEverLater() {
    slots.pace().ended(1_000);
    long begun = 1_000_000_000;
    allowance.begins(begun);
    int given = 0;
    long last = begun;
    long wait = 0;
    for (long time = begun; given < 5; time += 1_000_000) {
      if (allowance.grow(time + 100_000)) {
        given++;
        assertThat(allowance.executions()).isEqualTo(1 + given);
        assertThat(time - last).isGreaterThanOrEqualTo(3 * wait);
        wait = time - last;
        last = time;
      }
    }
    assertThat(allowance.executions()).isEqualTo(6);
    assertThat(last - begun).isGreaterThan(1_000_000_000);
    allowance.ended(100_000, last);
    assertThat(allowance.grow(last + 20_000_000)).isTrue();
  }

  @Test
  void sharesOfSlowPartitionsLeaveTheOthersNineTenths() {
    EnginePlan.Execution plan =
        new EnginePlan.Execution(Ordering.KEY, 1_000, 100, Duration.ofMillis(20));
    assertThat(plan.share(1)).isEqualTo(EnginePlan.Share.of(1_000));
    assertThat(plan.share(4)).isEqualTo(new EnginePlan.Share(25, 625));
    assertThat(plan.share(5_000)).isEqualTo(new EnginePlan.Share(1, 1_000));
  }
}
