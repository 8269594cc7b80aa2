package run.algo.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryPolicy;
import run.algo.sdk.spi.RetryPolicyProvider;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

/**
 * What every {@link RetryPolicyProvider} owes. Extend it in a test class and name the provider.
 *
 * @since 0.1.0
 */
public abstract class RetryPolicyContract {

  /** More failures than any table here has tries, so that a policy without an end is noticed. */
  private static final int ENOUGH = 50;

  private static final int DRAWS = 1000;

  /** For subclasses. */
  protected RetryPolicyContract() {}

  /**
   * The provider to judge.
   *
   * @return the provider
   */
  protected abstract RetryPolicyProvider provider();

  @Test
  void withoutStepsNothingIsRetried() {
    assertThat(tries()).isEmpty();
    assertThat(create().onFailure(new RetryState.After(0, 1)))
        .isEqualTo(new RetryDecision.Exhausted());
  }

  @Test
  void oneStepThatIsNotRepeatedIsTriedOnce() {
    assertThat(tries(step(0, "1s", 0))).containsExactly("0#1 after 1s");
    assertThat(tries(step(0, "1s", 1))).containsExactly("0#1 after 1s");
    assertThat(tries(step(0, "1s", -4))).containsExactly("0#1 after 1s");
  }

  @Test
  void oneStepIsTriedAsOftenAsItSays() {
    assertThat(tries(step(7, "30s", 3)))
        .containsExactly("7#1 after 30s", "7#2 after 30s", "7#3 after 30s");
  }

  @Test
  void twoStepsEachCountTheirOwnTries() {
    assertThat(tries(step(0, "1s", 3), step(1, "10s", 0)))
        .containsExactly("0#1 after 1s", "0#2 after 1s", "0#3 after 1s", "1#1 after 10s");
    assertThat(tries(step(0, "1s", 1), step(1, "10s", 3)))
        .containsExactly("0#1 after 1s", "1#1 after 10s", "1#2 after 10s", "1#3 after 10s");
  }

  @Test
  void fiveStepsRunOneAfterTheOther() {
    assertThat(
            tries(
                step(1, "1s", 1),
                step(2, "2s", 3),
                step(3, "0s", 0),
                step(4, "60s", 1),
                step(5, "3600s", 3)))
        .containsExactly(
            "1#1 after 1s",
            "2#1 after 2s",
            "2#2 after 2s",
            "2#3 after 2s",
            "3#1 after 0s",
            "4#1 after 60s",
            "5#1 after 3600s",
            "5#2 after 3600s",
            "5#3 after 3600s");
  }

  @Test
  void stepsRunInTheOrderOfTheirIndexesWhateverTheirPlace() {
    assertThat(
            tries(
                step(30, "3s", 0),
                step(-1, "0s", 1),
                step(100, "5s", 1),
                step(4, "1s", 3),
                step(7, "2s", 1)))
        .containsExactly(
            "-1#1 after 0s",
            "4#1 after 1s",
            "4#2 after 1s",
            "4#3 after 1s",
            "7#1 after 2s",
            "30#1 after 3s",
            "100#1 after 5s");
  }

  @Test
  void aStepThatLeftThePlanGivesWayToTheNextHigherIndex() {
    RetryPolicy policy = create(step(10, "1s", 3), step(20, "2s", 3));

    assertThat(policy.onFailure(new RetryState.After(5, 2))).isEqualTo(retry(10, "1s", 3, 1));
    assertThat(policy.onFailure(new RetryState.After(15, 1))).isEqualTo(retry(20, "2s", 3, 1));
    assertThat(policy.onFailure(new RetryState.After(21, 1)))
        .isEqualTo(new RetryDecision.Exhausted());
  }

  @Test
  void aStepThatIsTriedLessOftenThanBeforeIsOver() {
    RetryPolicy policy = create(step(1, "1s", 2), step(2, "2s", 1));

    assertThat(policy.onFailure(new RetryState.After(1, 9))).isEqualTo(retry(2, "2s", 1, 1));
    assertThat(policy.onFailure(new RetryState.After(1, Integer.MAX_VALUE)))
        .isEqualTo(retry(2, "2s", 1, 1));
    assertThat(policy.onFailure(new RetryState.After(2, Integer.MAX_VALUE)))
        .isEqualTo(new RetryDecision.Exhausted());
  }

  @Test
  void theSameStateGivesTheSameDecision() {
    RetryPolicy policy = create(step(1, "1s", 3));
    RetryDecision first = policy.onFailure(new RetryState.First());

    assertThat(policy.onFailure(new RetryState.After(1, 2))).isEqualTo(retry(1, "1s", 3, 3));
    assertThat(policy.onFailure(new RetryState.First())).isEqualTo(first);
  }

  @Test
  void withoutJitterATryWaitsTheBackoff() {
    RetryPolicy policy = create(step(1, "1s", 1), step(2, "0.0000005s", 1), step(3, "0s", 1));

    assertThat(retry(policy, new RetryState.First()).backoff()).isEqualTo(Duration.ofSeconds(1));
    assertThat(retry(policy, new RetryState.After(1, 1)).backoff())
        .isEqualTo(Duration.ofNanos(500));
    assertThat(retry(policy, new RetryState.After(2, 1)).backoff()).isEqualTo(Duration.ZERO);
  }

  @Test
  void withJitterATryWaitsAnythingBetweenTheBounds() {
    for (double jitter : new double[] {0.001, 0.25, 0.5, 1}) {
      for (String backoff : List.of("0.00001s", "0.0015s", "1s", "86400s")) {
        RetryPolicy policy =
            provider()
                .create(new RetryPlan(List.of(step(1, backoff, 1)), jitter, Optional.empty()));
        double nanos = step(1, backoff, 1).backoff().toNanos();
        int[] quarters = new int[4];
        for (int i = 0; i < DRAWS; i++) {
          double wait = retry(policy, new RetryState.First()).backoff().toNanos();
          // A nanosecond to round off.
          assertThat(wait).isBetween(nanos * (1 - jitter) - 1, nanos * (1 + jitter) + 1);
          double place = (wait / nanos - (1 - jitter)) / (2 * jitter);
          quarters[Math.min(3, Math.max(0, (int) (place * 4)))]++;
        }
        // Even draws miss this by chance less than once in 10^9 runs.
        assertThat(quarters)
            .as("draws in the quarters of %s ± %s", backoff, jitter)
            .satisfies(counts -> assertThat(counts[0]).isGreaterThan(DRAWS / 8))
            .satisfies(counts -> assertThat(counts[1]).isGreaterThan(DRAWS / 8))
            .satisfies(counts -> assertThat(counts[2]).isGreaterThan(DRAWS / 8))
            .satisfies(counts -> assertThat(counts[3]).isGreaterThan(DRAWS / 8));
      }
    }
  }

  @Test
  void jitterChangesNeitherStepsNorTriesAndLeavesNoWaitAlone() {
    RetryStep[] steps = {step(2, "2s", 3), step(1, "0s", 2), step(9, "3600s", 1)};
    RetryPlan plan = new RetryPlan(List.of(steps), 1, Optional.empty());

    assertThat(tries(plan)).isEqualTo(tries(steps));
    assertThat(retry(provider().create(plan), new RetryState.First()).backoff())
        .isEqualTo(Duration.ZERO);
  }

  @Test
  void theLongestBackoffThatCanBeConfiguredMayHaveJitter() {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE);
    RetryPolicy policy =
        provider()
            .create(
                new RetryPlan(
                    List.of(new RetryStep(1, longest, 2)),
                    1,
                    Optional.of(longest.multipliedBy(3))));

    for (int i = 0; i < DRAWS; i++) {
      assertThat(retry(policy, new RetryState.First()).backoff())
          .isBetween(Duration.ZERO, longest.multipliedBy(2));
    }
    assertThat(retry(policy, new RetryState.After(1, 1)).retryNum()).isEqualTo(2);
  }

  @Test
  void aTryThatWouldPassTheBudgetIsNotMade() {
    assertThat(tries(budget("3s", step(1, "1s", 9)))).hasSize(3);
    assertThat(tries(budget("2.999s", step(1, "1s", 9)))).hasSize(2);
    assertThat(tries(budget("0.999s", step(1, "1s", 9)))).isEmpty();
    assertThat(tries(budget("3s", step(1, "1s", 2), step(2, "1s", 1), step(3, "1s", 1))))
        .containsExactly("1#1 after 1s", "1#2 after 1s", "2#1 after 1s");
    assertThat(tries(budget("100s", step(1, "1s", 2), step(2, "10s", 1)))).hasSize(3);
  }

  @Test
  void noTryFollowsTheOneThatWouldPassTheBudget() {
    assertThat(tries(budget("5s", step(1, "1s", 2), step(2, "10s", 1), step(3, "1s", 1))))
        .containsExactly("1#1 after 1s", "1#2 after 1s");
  }

  @Test
  void aBudgetOfNothingAllowsTriesThatDoNotWait() {
    assertThat(tries(budget("0s", step(1, "0s", 2), step(2, "1s", 1), step(3, "0s", 1))))
        .containsExactly("1#1 after 0s", "1#2 after 0s");
  }

  @Test
  void theBudgetIsReckonedFromPlanAndStateAlone() {
    RetryPolicy policy =
        provider().create(budget("12s", step(10, "1s", 2), step(20, "5s", 2), step(30, "1s", 1)));

    // The step was tried more often than the plan says now, or has left it.
    assertThat(policy.onFailure(new RetryState.After(10, 9))).isEqualTo(retry(20, "5s", 2, 1));
    assertThat(policy.onFailure(new RetryState.After(5, 9))).isEqualTo(retry(10, "1s", 2, 1));
    assertThat(policy.onFailure(new RetryState.After(15, 9))).isEqualTo(retry(20, "5s", 2, 1));
    assertThat(policy.onFailure(new RetryState.After(20, 1))).isEqualTo(retry(20, "5s", 2, 2));
    assertThat(policy.onFailure(new RetryState.After(20, 2)))
        .isEqualTo(new RetryDecision.Exhausted());
    // And again, in another order: nothing was remembered.
    assertThat(policy.onFailure(new RetryState.After(10, 1))).isEqualTo(retry(10, "1s", 2, 2));
  }

  @Test
  void jitterDoesNotCountAgainstTheBudget() {
    RetryPlan plan =
        new RetryPlan(List.of(step(1, "1s", 9)), 1, Optional.of(Duration.ofSeconds(4)));
    for (int i = 0; i < DRAWS; i++) {
      assertThat(tries(plan)).hasSize(4);
    }
  }

  @Test
  void sumsThatNoDurationHoldsAreReckonedRight() {
    Duration most = Duration.ofSeconds(Long.MAX_VALUE);
    RetryPolicy policy =
        provider()
            .create(
                new RetryPlan(
                    List.of(
                        new RetryStep(1, Duration.ofNanos(1), Integer.MAX_VALUE),
                        new RetryStep(2, most, Integer.MAX_VALUE)),
                    0,
                    Optional.of(most)));

    assertThat(retry(policy, new RetryState.After(1, Integer.MAX_VALUE - 1)).retryNum())
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(policy.onFailure(new RetryState.After(1, Integer.MAX_VALUE)))
        .isEqualTo(new RetryDecision.Exhausted());
    assertThat(policy.onFailure(new RetryState.After(2, Integer.MAX_VALUE - 1)))
        .isEqualTo(new RetryDecision.Exhausted());
  }

  private static RetryPlan budget(String budget, RetryStep... steps) {
    return new RetryPlan(List.of(steps), 0, Optional.of(Duration.parse("PT" + budget)));
  }

  private static RetryDecision.Retry retry(RetryPolicy policy, RetryState state) {
    RetryDecision decision = policy.onFailure(state);
    assertThat(decision).isInstanceOf(RetryDecision.Retry.class);
    return (RetryDecision.Retry) decision;
  }

  private RetryPolicy create(RetryStep... steps) {
    return provider().create(new RetryPlan(List.of(steps)));
  }

  /** Fails until the policy gives up, and lists what it decided on the way. */
  private List<String> tries(RetryStep... steps) {
    return tries(new RetryPlan(List.of(steps)));
  }

  private List<String> tries(RetryPlan plan) {
    RetryPolicy policy = provider().create(plan);
    List<String> all = new ArrayList<>();
    RetryState state = new RetryState.First();
    while (all.size() < ENOUGH && policy.onFailure(state) instanceof RetryDecision.Retry retry) {
      RetryStep step = retry.step();
      all.add(step.index() + "#" + retry.retryNum() + " after " + step.backoff().toSeconds() + "s");
      state = new RetryState.After(step.index(), retry.retryNum());
    }
    return all;
  }

  private static RetryStep step(int index, String backoff, int repeat) {
    return new RetryStep(index, Duration.parse("PT" + backoff), repeat);
  }

  private static RetryDecision retry(int index, String backoff, int repeat, int retryNum) {
    return new RetryDecision.Retry(step(index, backoff, repeat), retryNum);
  }
}
