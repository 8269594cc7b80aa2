package run.algo.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private RetryPolicy create(RetryStep... steps) {
    return provider().create(new RetryPlan(List.of(steps)));
  }

  /** Fails until the policy gives up, and lists what it decided on the way. */
  private List<String> tries(RetryStep... steps) {
    RetryPolicy policy = create(steps);
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
